/** A time as people say it, and all of it for who wants to know exactly. Knows looks only. */
import type { When } from "../when.ts";

/** `ahead`: one to come, which is a date. */
export const Time = ({ when, at, ahead }: { when: When; at: string; ahead?: boolean }) => (
  <time dateTime={at} title={when.exact(at)}>
    {ahead ? when.date(at) : when.ago(at)}
  </time>
);
