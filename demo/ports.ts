/** Which six ports the demo takes, and whether they are free. Knows no server. */
import { listen } from "./listen.ts";

export const ROLES = ["app", "broker", "idp", "calendar", "files", "weather"] as const;
export type Role = (typeof ROLES)[number];
export type Ports = Record<Role, number>;

export class PortInUse extends Error {
  override readonly name = "PortInUse";
}

/** `base` and the five after it; with 0, six that are free now. */
export const choosePorts = async (base: number): Promise<Ports> => {
  const ports = base === 0 ? await freePorts() : ROLES.map((_, i) => base + i);
  return Object.fromEntries(ROLES.map((role, i) => [role, ports[i]])) as Ports;
};

/** @throws PortInUse naming port, part and option, before anything has been written or started. */
export const assertFree = async (ports: Ports): Promise<void> => {
  for (const role of ROLES) {
    const port = ports[role];
    try {
      await (await listen(port, () => () => undefined)).stop();
    } catch (error) {
      if (!hasCode(error, "EADDRINUSE", "EACCES")) throw error;
      const why = hasCode(error, "EACCES") ? "may not be used by you" : "is in use";
      const other = ports.app === 4000 ? 5000 : 4000;
      throw new PortInUse(
        `Port ${String(port)} (for the ${NAMES[role]}) ${why}. ` +
          `Stop what listens there, or take six others: npm start -- --port ${String(other)}`,
      );
    }
  }
};

const NAMES: Record<Role, string> = {
  app: "customer's app",
  broker: "broker",
  idp: "identity provider",
  calendar: "calendar provider",
  files: "files provider",
  weather: "weather service",
};

/** Held together, so that no port is given out twice. */
const freePorts = async (): Promise<number[]> => {
  const held = await Promise.all(ROLES.map(() => listen(0, () => () => undefined)));
  await Promise.all(held.map(({ stop }) => stop()));
  return held.map(({ port }) => port);
};

const hasCode = (error: unknown, ...codes: string[]) =>
  codes.includes((error as NodeJS.ErrnoException).code ?? "");
