/**
 * Ways for a server to misbehave, and the board on which tests switch them on. Knows HTTP replies only:
 * a fault gets the real answer as a function, so it may call it, change it, delay it or never ask.
 */
import { htmlReply, jsonReply, type Reply } from "./http.ts";

/** Answers in place of the server; `undefined` cuts the connection with a reset. */
export type Fault = (real: () => Promise<Reply>) => Promise<Reply | undefined>;

export type Faults<Endpoint extends string> = {
  /** Switches a fault on for the next `times` calls (default 1); the return value switches it off. */
  set: (endpoint: Endpoint, fault: Fault, options?: { times?: number }) => () => void;
  /** The fault for a call that is about to be answered, if any; uses one up. */
  take: (endpoint: Endpoint) => Fault | undefined;
  clear: () => void;
};

export const createFaults = <Endpoint extends string>(): Faults<Endpoint> => {
  let active: { endpoint: Endpoint; fault: Fault; left: number }[] = [];
  return {
    set: (endpoint, fault, { times = 1 } = {}) => {
      const entry = { endpoint, fault, left: times };
      active.push(entry);
      return () => {
        active = active.filter((other) => other !== entry);
      };
    },
    take: (endpoint) => {
      const entry = active.find((candidate) => candidate.endpoint === endpoint);
      if (!entry) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) active = active.filter((other) => other !== entry);
      return entry.fault;
    },
    clear: () => {
      active = [];
    },
  };
};

/** A web page where JSON was expected, as proxies and captive portals answer. */
export const html =
  (status = 200): Fault =>
  () =>
    Promise.resolve(
      htmlReply("<!doctype html><title>Maintenance</title><h1>Back soon</h1>", status),
    );

export const json =
  (value: unknown, status = 200): Fault =>
  () =>
    Promise.resolve(jsonReply(value, status));

export const reset = (): Fault => () => Promise.resolve(undefined);

/** The real answer, with its JSON changed: members set to `undefined` go missing. */
export const changed =
  (change: Record<string, unknown>): Fault =>
  async (real) => {
    const reply = await real();
    const value: unknown = JSON.parse(reply.body.toString());
    return jsonReply({ ...(value as Record<string, unknown>), ...change }, reply.status);
  };

/** Holds the answer until released, then gives the real one. `reached` resolves when a call hangs. */
export const hang = (): Fault & { release: () => void; reached: Promise<void> } => {
  let release = (): void => undefined;
  let reach = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const fault: Fault = async (real) => {
    reach();
    await released;
    return real();
  };
  return Object.assign(fault, { release: () => release(), reached });
};

/** The real answer, late. */
export const slow =
  (milliseconds: number): Fault =>
  async (real) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
    return real();
  };
