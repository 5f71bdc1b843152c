/** An app's or provider's mark: its logo, else its initials, on its own colour or one of ours. Knows looks only. */

type LogoProps = {
  name: string;
  logo_url?: string | undefined;
  tile?: { background: string; text: string } | undefined;
};

export const Logo = ({ name, logo_url, tile }: LogoProps) => (
  // Decoration: the name stands beside it in words.
  <span
    class={`logo tint-${tint(name)}`}
    // An object is set by way of the CSSOM, which the page's policy allows; an attribute it would not.
    style={tile && { backgroundColor: tile.background, color: tile.text }}
    aria-hidden="true"
  >
    {initials(name)}
    {logo_url && <img src={logo_url} alt="" onError={hide} />}
  </span>
);

/** Of the first two words: "Acme Calendar" and "Acme Files" must not look the same. */
const initials = (name: string): string =>
  name
    .split(/\s+/, 2)
    .map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0].toUpperCase())
    .join("");

const TINTS = 6;

/** The same colour for the same name, today and tomorrow. */
const tint = (name: string): number =>
  [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7) % TINTS;

/** What cannot be loaded uncovers the initials below. */
const hide = (event: Event): void => {
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.hidden = true;
};
