/** Who can log in at a demo server. A directory offers accounts and finds them again; it knows no protocol. */

export type Account = {
  /** Stable and opaque: it becomes `sub`. */
  id: string;
  /** What is typed or picked at the login page. */
  login: string;
  /** A person's name, when there is one. */
  name?: string;
  claims: Record<string, string | boolean>;
};

export type Directory = {
  /** Shown as buttons, in this order. */
  offered: Account[];
  /** Label of the text field for any other account; without it there is none. */
  typed?: string;
  byLogin: (login: string) => Account | undefined;
  byId: (id: string) => Account | undefined;
};
