/** Policies, as the app meets them: the call is not made, and the error says which rule refused and until when. */
import { expect, test } from "vitest";
import { PolicyViolationError, reauthRequired, type PolicyError } from "../../../sdk/src/index.ts";
import { LISTED, type ProviderId } from "./offers.ts";
import { failure, type Stage } from "./stage.ts";

export const policies = (at: () => Stage): void => {
  /** Refused by either way, and the provider has heard of neither. */
  const expectDenied = async (
    user: string,
    provider: ProviderId,
    { endUserIp, ways = ["request", "proxyRequest"] as const }: Denied = {},
  ): Promise<PolicyViolationError[]> => {
    const { app, as, calendar, world } = at();
    const calls = world.calendar.counts.api;
    const errors = [];
    for (const send of ways)
      errors.push(
        await failure(as(user, () => app[send]("GET", calendar, { provider, endUserIp }))),
      );
    for (const error of errors) {
      expect(error).toBeInstanceOf(PolicyViolationError);
      expect(reauthRequired(error)).toBe(false);
    }
    expect(world.calendar.counts.api).toBe(calls);
    return errors as PolicyViolationError[];
  };
  type Denied = {
    endUserIp?: string;
    ways?: readonly ("request" | "proxyRequest")[];
  };
  const policyErrors = (errors: PolicyViolationError[]): (PolicyError | undefined)[] =>
    errors.map(({ policyError }) => policyError);

  test("at another time: refused until the window opens", async () => {
    const { connect, world } = at();
    await connect("late", { provider: "closed" });
    for (const { policyError, retryAfter } of await expectDenied("late", "closed")) {
      expect(policyError).toMatchObject({
        ...{ rule: "another day", kind: "time_window", attachedTo: "provider" },
        retryAt: expect.any(Date),
      });
      const opens = policyError?.retryAt;
      expect([opens?.getUTCHours(), opens?.getUTCMinutes()]).toEqual([9, 0]);
      expect(opens?.getTime()).toBeGreaterThan(world.now());
      expect(retryAfter).toBeGreaterThan(0);
    }
  });

  test("from another machine: refused, and waiting does not help", async () => {
    await at().connect("elsewhere", { provider: "servers" });
    const denied = { rule: "our servers", kind: "ip_allow_list", attachedTo: "provider" };
    const errors = await expectDenied("elsewhere", "servers");
    expect(policyErrors(errors)).toEqual(Array(2).fill({ ...denied, retryAt: null }));
    expect(errors.map(({ retryAfter }) => retryAfter)).toEqual([undefined, undefined]);
  });

  test("for a person elsewhere: the app passes on the address, and only a listed one will do", async () => {
    const { app, as, calendar, connect } = at();
    await connect("remote", { provider: "office" });
    await expectDenied("remote", "office");
    await expectDenied("remote", "office", { endUserIp: "203.0.113.9" });
    const options = { provider: "office", endUserIp: LISTED };
    for (const send of ["request", "proxyRequest"] as const) {
      const response = await as("remote", () => app[send]("GET", calendar, options));
      expect(response.status).toBe(200);
    }
    // Allowed for one address is not allowed for another, so that nothing is kept.
    await expectDenied("remote", "office");
  });

  test("too often: every call counts, since no token is kept past a limit", async () => {
    const { connect, request, world } = at();
    await connect("eager", { provider: "scarce" });
    const scarce = () => request("eager", { provider: "scarce" });
    expect([(await scarce()).status, (await scarce()).status]).toEqual([200, 200]);
    const [error] = await expectDenied("eager", "scarce", { ways: ["request"] });
    expect(error?.policyError).toMatchObject({ rule: "two an hour", kind: "rate_limit" });
    expect(error?.policyError?.retryAt?.getTime()).toBeGreaterThan(world.now());
    expect(error?.retryAfter).toBeGreaterThan(0);
    // The limit is each user's own.
    await connect("patient", { provider: "scarce" });
    expect((await request("patient", { provider: "scarce" })).status).toBe(200);
  });

  test("ending a grant and listing it are not asked", async () => {
    const { app, as, grantsOf } = at();
    const grants = await grantsOf("late");
    expect(grants).toMatchObject([{ providerId: "closed", status: "active" }]);
    const revoked = await as("late", () => app.revokeGrant(grants[0]?.grantId ?? ""));
    expect(revoked.status).toBe("revoked");
  });
};
