/** Whose a grant or session is, in the words of the audit log and the store. */
import type { Grant, Owner } from "../store/grants.ts";
import type { StoredSession } from "../store/sessions.ts";

export const ownerOf = ({ app_id, issuer, subject }: Owner): Owner => ({ app_id, issuer, subject });

export const aboutSession = (session: StoredSession) => ({
  ...ownerOf(session),
  session_id: session.id,
});

export const aboutGrant = (grant: Grant) => ({
  ...ownerOf(grant),
  grant_id: grant.id,
  provider: grant.provider,
});
