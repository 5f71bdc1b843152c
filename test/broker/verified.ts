/** The whole audit log of a world, checked as `alter-broker audit verify` does. */
import { createSeals } from "../../broker/src/audit/seals.ts";
import { createVerification, type Finding } from "../../broker/src/audit/verify.ts";
import type { World } from "./world.ts";

/** What is wrong with it. */
export const findings = async ({ store, vault }: World): Promise<Finding[]> => {
  const found: Finding[] = [];
  const verification = createVerification({
    ...{ store, sealsOf: createSeals(vault) },
    found: (finding) => found.push(finding),
    head: () => undefined,
  });
  await verification.verifyAll();
  return found;
};
