/**
 * What the broker's routes must say to a browser, as it arrives there: the table of docs/headers.md, held against the
 * answers. A proxy that adds, changes or strips one is named by the header. Every request here is refused or public.
 */
import { OUTCOME_PATH, VERIFIER_HEADER } from "@alter-ai/protocol/window";
import { page } from "@alter-ai/protocol/http";
import type { Config } from "../config/config.ts";
import { contentSecurityPolicy } from "../content-security-policy.ts";
import type { Answer, Ask } from "./ask.ts";
import { codeOf, fail, ok, warn, type Finding } from "./finding.ts";

/** `null`: must not be there. */
type Wanted = Record<string, string | null>;
type Route = { path: string; method?: string; status: number; wanted: Wanted };

const EVERYWHERE: Wanted = {
  "cross-origin-opener-policy": "unsafe-none",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "cross-origin-embedder-policy": null,
  "clear-site-data": null,
};

const WHY: Record<string, string> = {
  "cross-origin-opener-policy": "every popup is cut off from the app that waits for it",
  "referrer-policy":
    "with no-referrer, Firefox and WebKit send Origin: null, and the page's calls are refused",
  "content-security-policy": "the page does not work, or is not protected",
  "cross-origin-resource-policy": "apps cannot load the script",
  "access-control-allow-origin": "the wrong pages may read answers, or the right ones cannot",
  "cache-control": "a cache could hand one user's answer to another",
};

export const checkHeaders = async (
  ask: Ask,
  config: Pick<Config, "apps" | "base_url">,
): Promise<Finding[]> => {
  const own: Wanted = {
    ...EVERYWHERE,
    "content-security-policy": contentSecurityPolicy(config),
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "access-control-allow-origin": null,
  };
  const shared = { ...EVERYWHERE, "access-control-allow-origin": "*" };
  const routes: Route[] = [
    ...["/connect", "/connect/s/doctor", "/connect/lost"].map((path) => ({
      path,
      status: 200,
      wanted: own,
    })),
    ...["/connect.js", "/connect-button.js"].map((path) => ({
      path,
      status: 200,
      wanted: {
        ...shared,
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "public, max-age=300",
      },
    })),
    { path: "/connect.json", status: 200, wanted: shared },
    {
      path: "/oauth/callback/doctor?state=doctor&code=doctor",
      status: 303,
      wanted: { ...EVERYWHERE, "cache-control": "no-store" },
    },
  ];
  const findings = (
    await Promise.all(routes.map((route) => checkRoute(ask, config, route)))
  ).flat();
  return [
    ...(findings.length ? findings : [ok("headers", `the headers of ${routes.length} routes`)]),
    ...(await checkCalls(ask, config)),
    ...(await checkMetrics(ask)),
  ];
};

const checkRoute = async (
  ask: Ask,
  { base_url }: Pick<Config, "base_url">,
  { path, status, wanted }: Route,
): Promise<Finding[]> => {
  const [shown = path] = path.split("?");
  let answer: Answer;
  try {
    answer = await ask(path);
  } catch (error) {
    return [fail("route_unreachable", shown, { expected: String(status), came: codeOf(error) })];
  }
  if (answer.status !== status)
    return [
      fail("route_answers_otherwise", shown, {
        ...{ expected: String(status), came: String(answer.status) },
        todo: "let the proxy pass this path on, whole and unchanged",
      }),
    ];
  const { location } = answer.headers;
  const findings = Object.entries(wanted).flatMap(([name, value]) =>
    compare(answer, shown, name, value),
  );
  if (status === 303 && location !== "/connect/lost" && location !== `${base_url}/connect/lost`)
    findings.push(
      fail("redirect_rewritten", `Location of ${shown}`, {
        ...{ expected: "/connect/lost", came: location ?? "none" },
        todo: "the proxy must not rewrite redirects",
      }),
    );
  return findings;
};

const compare = (answer: Answer, path: string, name: string, wanted: string | null): Finding[] => {
  const came = answer.all(name);
  if (wanted === null ? came.length === 0 : came.length === 1 && came[0] === wanted) return [];
  const kind = wanted === null ? "added" : came.length === 0 ? "missing" : "changed";
  return [
    fail(`header_${kind}`, `${name} of ${path}`, {
      expected: wanted ?? "none",
      came: came.join(" | ") || "none",
      todo: `the proxy ${kind === "missing" ? "strips" : "sets"} it: ${WHY[name] ?? "leave it as the broker sends it"}`,
    }),
  ];
};

/** Calls of widget and page that are refused: the refusal has to arrive as the broker wrote it. */
const checkCalls = async (
  ask: Ask,
  config: Pick<Config, "apps" | "base_url">,
): Promise<Finding[]> => {
  const origin = [...config.apps.values()][0]?.origins[0] ?? "";
  const findings: Finding[] = [];
  const look = async (
    what: string,
    asked: Promise<Answer>,
    judge: (answer: Answer) => Finding[],
  ) => {
    try {
      findings.push(...judge(await asked));
    } catch (error) {
      findings.push(
        fail("route_unreachable", what, { expected: "an answer", came: codeOf(error) }),
      );
    }
  };
  const cors = (what: string, answer: Answer): Finding[] =>
    compare(answer, what, "access-control-allow-origin", origin);
  await look(
    "the preflight of the widget's calls",
    ask(OUTCOME_PATH, {
      method: "OPTIONS",
      headers: {
        ...{ origin, "access-control-request-method": "GET" },
        "access-control-request-headers": `authorization,${VERIFIER_HEADER.toLowerCase()}`,
      },
    }),
    (answer) =>
      answer.status === 204
        ? cors("the preflight", answer)
        : [
            fail("cors_preflight", "the preflight of the widget's calls", {
              ...{ expected: "204", came: String(answer.status) },
              todo: "let the proxy pass OPTIONS on",
            }),
          ],
  );
  await look(
    "an answer to the widget",
    ask(OUTCOME_PATH, { headers: { origin, authorization: "Bearer alter_cs_doctor" } }),
    (answer) => [...refusal("an answer to the widget", answer), ...cors(OUTCOME_PATH, answer)],
  );
  await look(
    "a call of the page",
    ask(page.view.path, {
      method: "POST",
      headers: {
        ...{ origin: config.base_url, "sec-fetch-site": "same-origin" },
        "content-type": "application/json",
      },
      body: JSON.stringify({ session_id: "doctordoctordoctordoct" }),
    }),
    (answer) => [
      ...refusal("a call of the page", answer),
      ...compare(answer, page.view.path, "access-control-allow-origin", null),
    ],
  );
  return findings.length
    ? findings
    : [ok("calls", "refusals of widget and page, with their codes")];
};

const refusal = (what: string, answer: Answer): Finding[] => {
  const code = codeIn(answer);
  if (code === "unknown_session") return [];
  return [
    fail("answers_replaced", what, {
      expected: "the broker's refusal unknown_session",
      came: code ?? `${answer.status}, ${answer.headers["content-type"] ?? "no type"}`,
      todo: "the proxy must pass on Origin and Sec-Fetch-Site, and put no error pages of its own in place of answers",
    }),
  ];
};

const codeIn = ({ body }: Answer): string | undefined => {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === "string" && /^\w{1,64}$/.test(code) ? code : undefined;
  } catch {
    return undefined;
  }
};

const checkMetrics = async (ask: Ask): Promise<Finding[]> => {
  const answer = await ask("/metrics").catch(() => undefined);
  if (answer?.status !== 200 || !/^# (HELP|TYPE) /m.test(answer.body))
    return [ok("metrics", "/metrics is not reachable from outside")];
  return [
    warn("metrics_public", "/metrics", {
      expected: "404",
      came: "metrics",
      todo: "keep the metrics' listener inside your network",
    }),
  ];
};
