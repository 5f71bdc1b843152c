/** What stands around every screen: that this is a preview, and that there is no network. Knows looks only. */
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
