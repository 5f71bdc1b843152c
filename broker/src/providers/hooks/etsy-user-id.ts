/** Etsy tells whose token it is by the token itself: the user's number stands before its first dot. */
import type { Hook } from "../hook.ts";

export const etsyUserId: Hook = ({ access_token }) => {
  const user_id = /^(\d{1,20})\./.exec(access_token)?.[1];
  return user_id === undefined
    ? { ok: false, reason: "no_user_id_in_token" }
    : { ok: true, facts: { user_id } };
};
