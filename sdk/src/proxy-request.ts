/**
 * A call to a provider as a user, made by the broker: the token never comes here. Bodies are streamed both ways. Puts
 * a request into the wire's form and takes the provider's answer out of it.
 */
import { proxy, USER_TOKEN_HEADER } from "@alter-ai/protocol/backend";
import type { Broker } from "./broker.ts";
import type { Call, Calls } from "./calls.ts";
import type { Configuration } from "./configuration.ts";
import { copyOf } from "./copy.ts";
import { invalidRequest, invalidResponse } from "./errors.ts";
import {
  aboutRequest,
  exchange,
  readRequest,
  settle,
  type ProxyRequestOptions,
} from "./exchange.ts";
import type { HttpMethod } from "./http-method.ts";
import { isStream, type Message } from "./message.ts";
import { parseJson } from "./problem.ts";
import type { Retry } from "./retry.ts";
import { send, type Outgoing, type Transport } from "./send.ts";
import type { UserToken } from "./user-token.ts";

type Parts = {
  calls: Calls;
  retry: Retry;
  broker: Broker;
  userToken: UserToken;
  configuration: Configuration;
  now: () => number;
};

/** Servers take 16 kB of headers, mostly; the rest is for the API key and what proxies on the way add. */
const MOST_HEADERS = 12_000;
const MOST_URL = 8192;
const MOST_HEADER_LINES = 100;

export const createProxyRequest =
  ({ calls, retry, broker, userToken, configuration, now }: Parts) =>
  async (method: HttpMethod, url: string | URL, options: ProxyRequestOptions): Promise<Response> =>
    calls.run(
      aboutRequest("proxyRequest", method, options),
      options,
      async (call) => {
        const outgoing = readRequest(method, url, options);
        const { host } = outgoing.url;
        call.about.host = host;
        const user = await userToken(options.userToken);
        const typed = { ...outgoing, ...(await withType(outgoing)) };
        const answered = await exchange(
          {
            // The broker looks for another one itself; here only the old one's name is known.
            credential: async (useless) => useless?.tokenId,
            isThat: () => false,
            send: async (refused) => {
              const ofThisTry = { grantId: "", tokenId: "" };
              const transport = viaBroker(broker, call, user, options, refused, ofThisTry);
              const response = await send(retry, transport, call, typed);
              return { response, ...ofThisTry, scopes: undefined, kept: false };
            },
          },
          outgoing,
        );
        call.about.status = answered.response.status;
        const throws = options.throwOnError ?? configuration.throwOnError;
        return settle(answered, host, throws, now);
      },
      true,
    );

/** `told` gets what the broker says of the credential. */
const viaBroker =
  (
    broker: Broker,
    call: Call,
    user: string,
    options: ProxyRequestOptions,
    refused: string | undefined,
    told: { grantId: string; tokenId: string },
  ): Transport =>
  async (outgoing, signal, sighted) => {
    const { body } = outgoing;
    const sent = {
      path: proxy.path,
      method: proxy.method,
      headers: {
        [proxy.requestHeader]: headerOf(outgoing, options, refused, user),
        [USER_TOKEN_HEADER]: user,
        // Of the message to the broker. What the provider gets to read is in the header.
        ...(body !== null && { "content-type": "application/octet-stream" }),
      },
      body,
      ...(isStream(body) && { duplex: "half" as const }),
    };
    const response = await broker.exchange(sent, signal, sighted);
    const header = response.headers.get(proxy.replyHeader);
    if (header === null) throw broker.refusal(response, await broker.textOf(response, signal));
    const reply = proxy.reply.safeParse(parseJson(fromBase64url(header)));
    if (!reply.success)
      throw invalidResponse(`The broker's ${proxy.replyHeader} is not as expected`);
    told.grantId = call.about.grantId = reply.data.grant_id;
    told.tokenId = reply.data.token_id;
    const headers = new Headers(response.headers);
    headers.delete(proxy.replyHeader);
    return copyOf(response, headers);
  };

const headerOf = (
  { method, url, headers }: Outgoing,
  { provider, grantId, account, requiredScopes, endUserIp }: ProxyRequestOptions,
  refused: string | undefined,
  user: string,
): string => {
  const lines = [...headers];
  if (url.href.length > MOST_URL) throw invalidRequest(`The URL is longer than ${MOST_URL}`);
  if (lines.length > MOST_HEADER_LINES)
    throw invalidRequest(`headers has more than ${MOST_HEADER_LINES}`);
  const request = proxy.request.safeParse({
    provider,
    grant_id: grantId,
    account,
    required_scopes: requiredScopes && [...requiredScopes],
    refused_token_id: refused,
    method,
    url: withoutFragment(url),
    headers: lines,
    end_user_ip: endUserIp,
  });
  if (!request.success) {
    const [place = ""] = request.error.issues[0]?.path.map(String) ?? [];
    throw invalidRequest(`The broker does not take this ${place}`);
  }
  const header = toBase64url(JSON.stringify(request.data));
  if (header.length + user.length > MOST_HEADERS)
    throw invalidRequest("URL, headers and user token are together too long for proxyRequest");
  return header;
};

/** `fetch` would tell the broker what a body is; here it has to stand in the headers for the provider. */
const withType = async ({ headers, body }: Message): Promise<Message> => {
  if (body === null || isStream(body)) return { headers, body };
  const encoded = new Response(body);
  const type = encoded.headers.get("content-type");
  const typed = new Headers(headers);
  if (type !== null && !typed.has("content-type")) typed.set("content-type", type);
  // A form's boundary is drawn anew at each encoding.
  return { headers: typed, body: body instanceof FormData ? await encoded.arrayBuffer() : body };
};

const withoutFragment = (url: URL): string => {
  const bare = new URL(url);
  bare.hash = "";
  return bare.href;
};

const toBase64url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

/** `""`, which no schema takes, for what is not base64url. */
const fromBase64url = (text: string): string => {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(binary, (byte) => byte.charCodeAt(0)));
  } catch {
    return "";
  }
};
