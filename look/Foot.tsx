/** Where the app helps, and how it keeps what it knows: its own pages, in a window of their own. Knows looks only. */
import type { View } from "@alter-ai/protocol/http";
import { mayLeaveFor } from "./destination.ts";
import type { Common } from "./locales/en.ts";

type FootProps = {
  t: Pick<Common, "foot">;
  app: Pick<View["app"], "name" | "support_url" | "privacy_url">;
};

export const Foot = ({ t, app }: FootProps) => {
  const links = [
    { href: app.support_url, text: t.foot.support, label: t.foot.supportOf(app.name) },
    { href: app.privacy_url, text: t.foot.privacy, label: t.foot.privacyOf(app.name) },
  ];
  const known = links.flatMap(({ href, ...link }) =>
    href !== undefined && mayLeaveFor(href) ? { href, ...link } : [],
  );
  return known.length ? (
    <footer class="foot">
      {known.map(({ href, text, label }) => (
        <a key={label} href={href} target="_blank" rel="noopener noreferrer" aria-label={label}>
          {text}
        </a>
      ))}
    </footer>
  ) : null;
};
