/** What stands above every view of a user's: whose it is, the way out, and the ways to the views. Knows looks only. */
import type { ComponentChildren } from "preact";
import { Button } from "../../look/Frame.tsx";
import { Logo } from "../../look/Logo.tsx";
import { Who } from "../../look/Who.tsx";
import type { Messages } from "../locales/en.ts";
import { addressOf, type Place } from "../place.ts";
import type { Head } from "../reply.ts";

type TopProps = {
  t: Messages;
  head: Head;
  place: Place;
  leaving: boolean;
  onGo: (place: Place) => void;
  onSignOut: () => void;
};

export const Top = ({ t, head, place, leaving, onGo, onSignOut }: TopProps) => (
  <header class="top">
    <div class="who">
      {head.app && <Logo {...head.app} />}
      <Who t={t} user={head.user} />
      <Button kind="quiet" onPress={onSignOut} ready={!leaving}>
        {t.signOut}
      </Button>
    </div>
    <nav class="tabs" aria-label={t.views}>
      {(["connections", "activity"] as const).map((view) => (
        <Link key={view} to={{ ...place, view }} current={view === place.view} onGo={onGo}>
          {t[view].title}
        </Link>
      ))}
    </nav>
  </header>
);

type LinkProps = {
  to: Place;
  current?: boolean;
  onGo: (place: Place) => void;
  children: ComponentChildren;
};

/** A real one, which a new tab can open; a plain click stays on this page. */
const Link = ({ to, current = false, onGo, children }: LinkProps) => (
  <a
    href={addressOf(to)}
    aria-current={current ? "page" : undefined}
    onClick={(event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      onGo(to);
    }}
  >
    {children}
  </a>
);
