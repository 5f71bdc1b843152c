/** The document of discovery, for records that leave endpoints to it (OpenID Connect Discovery 1.0). */
import type { Reply } from "../servers/http.ts";
import { json, reachable, type Call } from "./calls.ts";
import { discovered } from "./endpoints.ts";
import { issuerOf, type Play } from "./plays.ts";

export const answerDiscovery = (play: Play, call: Call): Reply => {
  const { provider, facts } = play;
  const endpoints = Object.entries(discovered(provider, facts)).map(([key, url]) => [
    key,
    reachable(call, url),
  ]);
  return json({
    issuer: reachable(call, issuerOf(play)),
    ...Object.fromEntries(endpoints),
    response_types_supported: ["code"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
    code_challenge_methods_supported: ["S256"],
    ...(provider.iss_parameter ? { authorization_response_iss_parameter_supported: true } : {}),
  });
};
