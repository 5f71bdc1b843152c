/** An app's or provider's mark: its logo, or its initials on a colour of its own. Knows looks only. */

type LogoProps = { name: string; url: string | undefined };

export const Logo = ({ name, url }: LogoProps) => (
  // Decoration: the name stands beside it in words.
  <span class={`logo tint-${tint(name)}`} aria-hidden="true">
    {initials(name)}
    {url && <img src={url} alt="" onError={hide} />}
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
