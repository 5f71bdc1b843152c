/**
 * What stands around every screen: that this is a preview, that there is no network, and where the app helps.
 * Knows looks only.
 */
import type { View } from "@alter-ai/protocol/http";
import { mayLeaveFor } from "../destination.ts";
import type { Messages } from "../locales/en.ts";

type NoticesProps = {
  t: Messages;
  preview: boolean;
  /** How often it was asked for what it cannot do. */
  refused: number;
  offline: boolean;
};

export const Notices = ({ t, preview, refused, offline }: NoticesProps) => (
  <>
    {preview && (
      <>
        <p class="preview">{t.preview.banner}</p>
        <span class="watermark" aria-hidden="true">
          {t.preview.mark}
        </span>
      </>
    )}
    <div class="notices" aria-live="polite">
      {offline && <p>{t.offline}</p>}
      {/* A new one each time: a screen reader says again only what has changed. */}
      {preview && refused > 0 && <p key={refused}>{t.preview.refused}</p>}
    </div>
  </>
);

export const Foot = ({ t, app }: { t: Messages; app: View["app"] }) => {
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
