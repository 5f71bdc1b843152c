/** The broker's own address as browsers and apps reach it: name, TLS, plain http, and all that has to come through. */
import { lookup } from "node:dns/promises";
import type { Config } from "../config/config.ts";
import { createAsk } from "./ask.ts";
import { dateOf, skewOf } from "./clock.ts";
import { codeOf, fail, ok, skipped, warn, type Finding } from "./finding.ts";
import { checkHeaders } from "./headers.ts";
import { checkPassage, type PassageDeps } from "./passage.ts";
import { checkTls } from "./tls.ts";

export type OutsideDeps = Omit<PassageDeps, "ask" | "config"> & {
  config: Pick<Config, "base_url" | "proxy" | "apps">;
  /** Where to connect to in place of base_url's own address: a proxy that no name leads to yet. */
  at: URL | undefined;
  /** Whether the broker answers on its own port; undefined where nobody could say. */
  is_running: boolean;
  /** Certificates to trust besides the system's. */
  ca?: string | undefined;
};

/** Nobody answers, or a proxy says so. */
const DOWN = [502, 503, 504];

export const checkOutside = async (deps: OutsideDeps): Promise<Finding[]> => {
  const base = new URL(deps.config.base_url);
  const at = deps.at ?? base;
  const findings: Finding[] = [];
  if (!deps.at) {
    const named = await checkName(base);
    if (named) findings.push(named);
    if (named?.state === "fail") return findings;
  }
  if (at.protocol === "https:") {
    findings.push(...(await checkTls(base, at, deps)));
    if (findings.some(({ code }) => code === "tls_none")) return findings;
    if (!deps.at) findings.push(await checkPlain(base));
  }
  const ask = createAsk(base, at);
  const healthy = await ask("/healthz").catch(codeOf);
  if (typeof healthy === "string" || DOWN.includes(healthy.status)) {
    const came = typeof healthy === "string" ? healthy : String(healthy.status);
    const about = { expected: "200 from /healthz", came };
    if (!deps.is_running) return [...findings, skipped("broker_not_running", base.origin, about)];
    const todo = "the broker runs, and this address does not lead to it";
    return [...findings, fail("unreachable", base.origin, { ...about, todo })];
  }
  const date = dateOf(healthy.headers.date);
  if (date !== undefined) findings.push(skewOf(base.host, date, deps.now()));
  if (at.protocol === "https:" && !healthy.headers["strict-transport-security"])
    findings.push(
      warn("no_hsts", "Strict-Transport-Security", {
        ...{ expected: "max-age of a year", came: "none" },
        todo: "let the proxy add it, once all of this host is https",
      }),
    );
  const [headers, passage] = await Promise.all([
    checkHeaders(ask, deps.config),
    checkPassage({ ...deps, ask }),
  ]);
  return [...findings, ...headers, ...passage];
};

const checkName = async (base: URL): Promise<Finding | undefined> => {
  try {
    const found = await lookup(base.hostname.replace(/^\[|\]$/g, ""), { all: true });
    return ok("dns", `${base.hostname} is ${found.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    return fail("dns", base.hostname, {
      ...{ expected: "an address", came: codeOf(error) },
      todo: "let the name of base_url lead to the proxy, or look there with --from-outside",
    });
  }
};

/** Whoever types the name without https must not be served: what is not encrypted can be changed on its way. */
const checkPlain = async (base: URL): Promise<Finding> => {
  const what = `http://${base.hostname}`;
  const answer = await createAsk(base, new URL(what))("/connect").catch(() => undefined);
  if (!answer) return ok("plain_http", `${what} answers nobody`);
  const { location = "" } = answer.headers;
  if (answer.status >= 300 && answer.status < 400 && location.startsWith(`${base.origin}/`))
    return ok("plain_http", `${what} leads to https`);
  return (answer.status === 200 ? fail : warn)("plain_http_answers", what, {
    expected: `a redirect to ${base.origin}`,
    came: String(answer.status),
    todo: "redirect http to https, or close the port",
  });
};
