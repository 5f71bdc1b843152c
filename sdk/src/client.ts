/** Ties the parts to one configuration and one clock: all that App is, without its words. */
import { createBroker } from "./broker.ts";
import { createCalls } from "./calls.ts";
import type { Clock } from "./clock.ts";
import type { Configuration } from "./configuration.ts";
import { createConnect } from "./connect.ts";
import { createFetchFor } from "./fetch-for.ts";
import { createGrants } from "./grants.ts";
import { createProxyRequest } from "./proxy-request.ts";
import { createRequest } from "./request.ts";
import { createRetry } from "./retry.ts";
import { createTelemetry } from "./telemetry.ts";
import { createTokens } from "./tokens.ts";
import { createTracing } from "./tracing.ts";
import { createUserToken } from "./user-token.ts";
import { createVerifyUser } from "./users.ts";

export const createClient = (configuration: Configuration, clock: Clock) => {
  const { now } = clock;
  const tracing = createTracing(configuration.tracerProvider);
  const telemetry = createTelemetry(configuration.logger, tracing, now);
  const calls = createCalls(configuration, clock, telemetry);
  const retry = createRetry(clock, telemetry);
  const broker = createBroker(configuration, retry, now);
  const tokens = createTokens(broker, now);
  const userToken = createUserToken(configuration.userTokenGetter);
  const parts = { calls, retry, broker, tokens, userToken, configuration, now };
  const request = createRequest(parts);

  return {
    connect: createConnect(calls, broker, userToken, tokens),
    grants: createGrants(calls, broker, userToken, tokens),
    verifyUser: createVerifyUser(calls, broker, userToken),
    request: request.request,
    proxyRequest: createProxyRequest(parts),
    fetchFor: createFetchFor(request),
    close: () => {
      calls.close();
      tokens.forgetAll();
    },
  };
};

export type Client = ReturnType<typeof createClient>;
