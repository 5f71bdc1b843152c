/** Who an id of a reply is: apps and providers by the lists at its head. Knows those lists alone. */
import type { Head } from "./reply.ts";

export type Named = { name: string; logo_url?: string | undefined };
export type NamedProvider = Head["providers"][number];

export const createNames = ({ app: own, apps, providers }: Head) => ({
  app: (id: string): Named => {
    const found = apps.find((app) => app.id === id);
    return found ?? (own?.id === id ? own : { name: id });
  },
  provider: (id: string): NamedProvider =>
    providers.find((provider) => provider.id === id) ?? { id, name: id },
});
export type Names = ReturnType<typeof createNames>;
