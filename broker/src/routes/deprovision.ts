/**
 * Where an identity provider says that a user is gone. No API key: the signature is the credential, checked over the
 * bytes as they came. Whatever is wrong with it, and whichever apps there are, the refusal is the same.
 */
import { deprovision } from "@alter-ai/protocol/deprovision";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { DeprovisioningRule } from "../config/deprovisioning.ts";
import type { App } from "../config/config.ts";
import type { Broker, Env } from "../context.ts";
import { readEvents } from "../deliveries/events.ts";
import { verifyDelivery, type Delivered, type Verified } from "../deliveries/signature.ts";
import { TOLERANCE } from "../deprovisioning.ts";
import { Refusal, refuse } from "../error.ts";

/** A log stream sends many entries at once, and most have whole requests in them. */
const MOST_BODY = 1 << 20;

export const deprovisionRoutes = (broker: Broker): Hono<Env> => {
  const { config, deprovisioning, now } = broker;
  const routes = new Hono<Env>();

  /** For an app that is not there, so that finding out costs as long as a wrong signature. */
  const nobodys: DeprovisioningRule = { kind: "hmac", secrets: [broker.newSecret()] };

  const verify = (rule: DeprovisioningRule, delivered: Delivered): Verified =>
    verifyDelivery(rule, delivered, now(), TOLERANCE);

  /** Those that share an identity provider's say: the same issuer, and a secret that fits as well. */
  const meant = (app: App, kind: DeprovisioningRule["kind"], delivered: Delivered): App[] =>
    [...config.apps.values()].filter(({ identity_provider: { issuer, deprovisioning: rule } }) => {
      const same = issuer === app.identity_provider.issuer && rule?.kind === kind;
      return same && verify(rule, delivered).ok;
    });

  const limit = bodyLimit({
    maxSize: MOST_BODY,
    onError: () => {
      throw refuse("payload_too_large", `Expected at most ${MOST_BODY} bytes.`);
    },
  });

  routes.post(deprovision.path, limit, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const delivered = { header: (name: string) => c.req.header(name), body };
    const app = config.apps.get(c.req.param("app"));
    const rule = app?.identity_provider.deprovisioning;
    const verified = verify(rule ?? nobodys, delivered);
    if (!app || !rule || !verified.ok)
      throw new Refusal(
        "invalid_signature",
        {
          detail:
            "Expected the signature or token of this app's identity provider, not older than five minutes.",
        },
        verified.ok || !rule ? "not_configured" : verified.why,
      );
    c.set("app", app.id);
    const read = readEvents(rule.kind, body, verified);
    if (!read.ok) throw refuse("invalid_request", `(body): expected ${read.expected}.`);
    const apps = read.gone.length ? meant(app, rule.kind, delivered) : [];
    let deprovisioned = 0;
    for (const { subjectFor, event, id, at = now() } of read.gone) {
      let counted = false;
      for (const { id: app_id, identity_provider: idp } of apps) {
        const subject = subjectFor(idp);
        if (subject === undefined) continue;
        const ended = await deprovisioning.depart({
          owner: { app_id, issuer: idp.issuer, subject },
          ...{ at, event, id, actor: "idp", request_id: c.get("requestId") },
        });
        counted ||= ended !== undefined;
        broker.log("user_deprovisioned", {
          request_id: c.get("requestId"),
          app: app_id,
          event,
          ...ended,
        });
      }
      if (counted) deprovisioned += 1;
    }
    // Only now: what is not answered comes again, and is done again.
    return c.json({ deprovisioned });
  });

  return routes;
};
