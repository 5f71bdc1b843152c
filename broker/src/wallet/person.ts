/**
 * Who has signed in, app by app: the same ID token read as each app that trusts its issuer would read it. Pure. Knows
 * nothing of how somebody signed in.
 */
import type { App } from "../config/config.ts";
import { groupsOf, subjectOf, wrongClaim, type Claims } from "../identity/claims.ts";
import type { Owner } from "../store/grants.ts";
import type { Person } from "../store/people.ts";
import { hashSecret } from "../vault.ts";

/** In one app, as it read the token then. */
export type Known = { app_id: string; subject: string; groups: string[]; reading: string };

/**
 * An app that wants claims to be of some value gets nobody whose are not, and one that reads another claim gets that one.
 * Which client an app's own tokens are issued to is of no matter here: these are issued to the broker's.
 */
export const knownIn = (apps: Iterable<App>, issuer: string, claims: Claims): Known[] =>
  [...apps].flatMap((app) => {
    const { identity_provider: idp } = app;
    if (idp.issuer !== issuer || wrongClaim(claims, idp) !== undefined) return [];
    // Such as a second factor: whoever came by another app's client, which asks for none, is nobody here.
    if (app.wallet && wrongClaim(claims, app.wallet) !== undefined) return [];
    const subject = subjectOf(claims, idp);
    return subject === undefined
      ? []
      : [{ app_id: app.id, subject, groups: groupsOf(claims, idp), reading: readingOf(app) }];
  });

/** All that an app's reading depends on: where that has changed, nobody is held to be who they were before. */
export const readingOf = ({ identity_provider: idp, wallet }: App): string =>
  hashSecret(
    JSON.stringify([
      ...[idp.issuer, idp.subject_claim, idp.groups_claim],
      ...[idp.required_claims, wallet?.required_claims],
    ]),
  );

/** As the store asks: most apps read the same claim. */
export const personOf = (issuer: string, known: Known[]): Person => {
  const as = new Map<string, string[]>();
  for (const { subject, app_id } of known) as.set(subject, [...(as.get(subject) ?? []), app_id]);
  return { issuer, as: [...as].map(([subject, app_ids]) => ({ subject, app_ids })) };
};

export const ownersOf = (issuer: string, known: Known[]): Owner[] =>
  known.map(({ app_id, subject }) => ({ app_id, issuer, subject }));
