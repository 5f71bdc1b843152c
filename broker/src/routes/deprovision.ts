/**
 * Where an identity provider says that a user is gone. No API key: the signature is the credential, checked over the
 * bytes as they came. Whatever is wrong with it, and whichever apps there are, the refusal is the same.
 */
import { deprovision } from "@alter-ai/protocol/deprovision";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { App } from "../config/config.ts";
import type { DeprovisioningRule } from "../config/deprovisioning.ts";
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

  /** Those that share an identity provider's say: the same issuer, and a secret that fits as well. */
  const sharing = (
    app: App,
    kind: DeprovisioningRule["kind"],
    verify: (rule: DeprovisioningRule) => Verified,
  ): App[] =>
    [...config.apps.values()].filter((other) => {
      const { issuer, deprovisioning: rule } = other.identity_provider;
      const same = issuer === app.identity_provider.issuer && rule?.kind === kind;
      return other === app || (same && verify(rule).ok);
    });

  const limit = bodyLimit({
    maxSize: MOST_BODY,
    onError: () => {
      throw refuse("payload_too_large", `Expected at most ${MOST_BODY} bytes.`);
    },
  });

  routes.post(deprovision.path, limit, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const delivered: Delivered = { header: (name) => c.req.header(name), body };
    // One moment for all: a delivery must not grow too old while it is looked at.
    const at = now();
    const verify = (rule: DeprovisioningRule) => verifyDelivery(rule, delivered, at, TOLERANCE);
    const app = config.apps.get(c.req.param("app"));
    const rule = app?.identity_provider.deprovisioning;
    const verified = verify(rule ?? nobodys);
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
    const apps = read.gone.length ? sharing(app, rule.kind, verify) : [];
    const done = new Set<string>();
    const request_id = c.get("requestId");
    for (const { subjectFor, event, id, at: happened_at = at } of read.gone)
      for (const { id: app_id, identity_provider: idp } of apps) {
        const subject = subjectFor(idp);
        if (subject === undefined) continue;
        const ended = await deprovisioning.depart({
          owner: { app_id, issuer: idp.issuer, subject },
          ...{ at: happened_at, event, id, actor: "idp", request_id },
        });
        if (ended) done.add(subject);
        broker.log("user_deprovisioned", { request_id, app: app_id, said: event, ...ended });
      }
    // Only now: what is not answered comes again, and is done again.
    return c.json({ deprovisioned: done.size });
  });

  return routes;
};
