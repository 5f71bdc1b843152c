/**
 * Every word the Wallet says, in German. Knows names only as arguments, as en.ts does, and never bends one: a name
 * stands where it needs neither an article nor an ending.
 */
import { common } from "../../look/locales/de.ts";
import type { Messages } from "./en.ts";

const The = (provider: string | undefined): string => provider ?? "Ein Dienst";
const the = (provider: string | undefined): string => provider ?? "einen Dienst";

export const words: Messages = {
  ...common,
  loading: "Wird geladen\u00a0…",

  connections: {
    title: "Ihre Verbindungen",
    lead: "Ihre Konten bei anderen Diensten und was Apps damit tun dürfen.",
    leadOf: (app) => `Ihre Konten bei anderen Diensten und was ${app} damit tun darf.`,
    none: {
      title: "Nichts ist verbunden",
      text: "Sobald Sie in einer App ein Konto verbinden, sehen Sie es hier.",
    },
    app: "App",
    connected: "Verbunden",
    lastUsed: "Zuletzt genutzt",
    never: "noch nie",
    ends: "Endet",
    ended: "Getrennt",
    may: (app) => `${app} darf`,
    moreScopes: (count) => `${count} weitere`,
    noScopes: ({ app, provider }) => `Was ${app} darf, wurde bei ${provider} vereinbart.`,
    status: {
      active: "Aktiv",
      expiring: "Endet bald",
      needs_reconnect: "Muss erneut verbunden werden",
      revoked: "Getrennt",
    },
    reconnect: ({ app, provider }) =>
      `Die Verbindung funktioniert zurzeit nicht. Öffnen Sie ${app} und verbinden Sie ${provider} erneut.`,
    renew: ({ app, provider }) =>
      `Damit sie bestehen bleibt, öffnen Sie ${app} und verbinden Sie ${provider} erneut.`,
    disconnect: "Trennen",
    disconnectAll: {
      app: (app) => `Alles von ${app} trennen`,
      provider: (provider) => `Alles bei ${provider} trennen`,
      both: ({ app, provider }) => `Alles bei ${provider} von ${app} trennen`,
    },
  },

  ending: {
    title: (provider) => `${provider} trennen?`,
    text: ({ app, provider, account }) =>
      `${app} kann ${account} bei ${provider} dann nicht mehr nutzen. In ${app} können Sie das Konto wieder verbinden.`,
    titleAll: {
      app: (app) => `Alles von ${app} trennen?`,
      provider: (provider) => `Alles bei ${provider} trennen?`,
      both: ({ app, provider }) => `Alles bei ${provider} von ${app} trennen?`,
    },
    textAll: {
      app: (app) =>
        `${app} kann dann keines der Konten mehr nutzen, die Sie verbunden haben. In ${app} können Sie sie wieder verbinden.`,
      provider: (provider) =>
        `Keine App hier kann Ihre Konten bei ${provider} dann noch nutzen. In jeder App können Sie sie wieder verbinden.`,
      both: ({ app, provider }) =>
        `${app} kann Ihre Konten bei ${provider} dann nicht mehr nutzen. In ${app} können Sie sie wieder verbinden.`,
    },
    delay: (time) => `Bis zu ${time} kann eine App den Zugriff noch behalten.`,
    confirmAll: "Alles trennen",
    busy: "Wird getrennt\u00a0…",
    soFar: (count) => `Bisher getrennt: ${count}`,
    stop: "Anhalten",
    close: "Schließen",
    over: "Getrennt",
    stopped: "Es ist noch nicht alles getrennt",
    count: (count) => `Getrennt: ${count}`,
    told: (count) => `Dem Dienst mitgeteilt: ${count}`,
    untold: (count) => `Dem Dienst nicht mitteilbar: ${count}`,
    shared: (count) =>
      `Nicht mitgeteilt, weil eine andere Verbindung dasselbe Konto nutzt: ${count}`,
    removeAll:
      "Beenden Sie den Zugriff auch in den Einstellungen Ihrer Konten bei diesen Diensten.",
  },
  told: {
    done: (provider) => `Getrennt. ${provider} wurde das mitgeteilt.`,
    failed: (provider) => `Hier getrennt. ${provider} konnte das nicht mitgeteilt werden.`,
    shared: (provider) =>
      `Getrennt. ${provider} wurde das nicht mitgeteilt, weil eine andere Verbindung dasselbe Konto nutzt.`,
    remove: ({ app, provider }) =>
      `Entfernen Sie ${app} auch in den Einstellungen Ihres Kontos bei ${provider}.`,
    manage: (provider) => `Einstellungen bei ${provider} öffnen`,
    again: (app) => `In ${app} können Sie das Konto wieder verbinden.`,
    already: "Die Verbindung war bereits getrennt.",
  },

  secrets: {
    title: (app) => `Ihnen gegeben von ${app}`,
    note: (app) =>
      `Von den Verantwortlichen von ${app} hinterlegt, um in Ihrem Namen genutzt zu werden. Nur sie können es wieder entziehen.`,
    user: "Nur für Sie",
    group: "Für eine Gruppe, der Sie angehören",
    everyone: (app) => `Für alle, die ${app} nutzen`,
    given: "Gegeben",
    active: "Aktiv",
    expired: "Abgelaufen",
  },

  activity: {
    title: "Aktivität",
    lead: "Was in Ihrem Namen geschehen ist, das Neueste zuerst.",
    none: {
      title: "Es ist noch nichts geschehen",
      text: "Sobald eine App eines Ihrer Konten nutzt, sehen Sie es hier.",
    },
    allowed: "Erlaubt",
    refused: "Abgelehnt",
    because: (reason) => `Abgelehnt: ${reason}`,
    kinds: {
      used: ({ app, provider }) => `${app} hat ${the(provider)} genutzt`,
      refused: ({ app, provider }) => `${app} wollte ${the(provider)} nutzen`,
      connected: ({ app, provider }) => `Sie haben ${the(provider)} mit ${app} verbunden`,
      reconnected: ({ app, provider }) => `Sie haben ${the(provider)} erneut mit ${app} verbunden`,
      ended_by_provider: ({ app, provider }) =>
        `${The(provider)} hat den Zugriff von ${app} beendet`,
      expired: ({ app, provider }) => `Der Zugriff von ${app} auf ${the(provider)} ist abgelaufen`,
    },
    revokedBy: {
      you: ({ app, provider }) => `Sie haben ${the(provider)} von ${app} getrennt`,
      app: ({ app, provider }) => `${app} hat ${the(provider)} getrennt`,
      operator: ({ app, provider }) => `Die Betreiber von ${app} haben ${the(provider)} getrennt`,
      identity_provider: ({ app, provider }) =>
        `${The(provider)} wurde von ${app} getrennt, weil Ihr Konto geschlossen wurde`,
      broker: ({ app, provider }) => `${The(provider)} wurde automatisch von ${app} getrennt`,
    },
    revoked: ({ app, provider }) => `${The(provider)} wurde von ${app} getrennt`,
    reasons: {
      grant_not_found: "dafür ist nichts verbunden",
      ambiguous_grant: "es war nicht angegeben, welches von mehreren Konten",
      grant_revoked: "Sie hatten die Verbindung getrennt",
      credential_revoked: "der Dienst hatte den Zugriff beendet",
      grant_expired: "der Zugriff war abgelaufen",
      scope_reauth_required: "so viel war nicht erlaubt worden",
      policy_violation: "eine Regel des Betreibers verbietet es",
      host_not_allowed: "der Aufruf wäre an eine andere Adresse gegangen",
      provider_not_allowed: "die App darf diesen Dienst nicht nutzen",
      provider_unavailable: "der Dienst hat nicht geantwortet",
      provider_timeout: "der Dienst hat zu lange gebraucht",
      rate_limited: "es waren zu viele Aufrufe",
      overloaded: "es waren zu viele Aufrufe",
      invalid_user_token: "Ihre Sitzung in der App war nicht gültig",
    },
    other: "der Aufruf war nicht erlaubt",
  },

  filter: {
    label: "Anzeigen",
    app: "App",
    allApps: "Alle Apps",
    provider: "Dienst",
    allProviders: "Alle Dienste",
    unknown: "Etwas anderes",
    none: "Zu dieser Auswahl gibt es nichts.",
    clear: "Alles anzeigen",
  },
  views: "Teile dieser Seite",
  shown: (count) => `Angezeigt: ${count}`,
  more: "Mehr anzeigen",
  moreFailed: "Der Rest konnte nicht geladen werden. Versuchen Sie es noch einmal.",

  signOut: "Abmelden",
  download: {
    button: "Meine Daten herunterladen",
    busy: "Ihre Daten werden vorbereitet\u00a0…",
    done: "Ihre Daten wurden heruntergeladen.",
    failed:
      "Das Herunterladen hat nicht geklappt, und es wurde nichts gespeichert. Versuchen Sie es noch einmal.",
  },

  signedOut: {
    title: "Sehen Sie, was Sie verbunden haben",
    titleOf: (app) => `Sehen Sie, was Sie mit ${app} verbunden haben`,
    text: "Welche Ihrer Konten Apps nutzen dürfen, was damit geschehen ist und wie Sie es beenden.",
    signIn: (identity_provider) => `Mit ${identity_provider} anmelden`,
    note: "Sie melden sich dort an, wo Sie es immer tun. Diese Seite erfährt Ihr Passwort nie.",
  },
  ended: {
    title: "Sie wurden abgemeldet",
    text: "Hier wird nichts mehr von Ihnen angezeigt. Melden Sie sich erneut an, um fortzufahren.",
  },
  left: {
    title: "Sie sind hier abgemeldet",
    text: (identity_provider) =>
      `Bei ${identity_provider} sind Sie möglicherweise noch angemeldet. Wenn andere diesen Browser nutzen, melden Sie sich auch dort ab.`,
    again: (identity_provider) => `Erneut mit ${identity_provider} anmelden`,
  },
  problem: {
    denied: {
      title: "Sie wurden nicht angemeldet",
      text: "Sie selbst oder der Anmeldedienst haben abgelehnt.",
    },
    expired: {
      title: "Das hat zu lange gedauert",
      text: "Eine Anmeldung muss innerhalb von zehn Minuten abgeschlossen sein und zählt nur einmal. Bitte melden Sie sich erneut an.",
    },
    other_browser: {
      title: "Diese Anmeldung wurde an anderer Stelle begonnen",
      text: "Sie wurde in einem anderen Browser oder Fenster begonnen und zählt deshalb hier nicht. Wenn Sie das nicht waren, hat Ihnen vielleicht jemand den Link geschickt. Sie können sich hier anmelden.",
    },
    unavailable: {
      title: "Der Anmeldedienst antwortet nicht",
      text: "Vielleicht ist das nur eine kurze Störung. Versuchen Sie es in einer Minute noch einmal.",
    },
    refused: {
      title: "Sie konnten nicht angemeldet werden",
      text: "Der Anmeldedienst hat nicht auf eine Weise gesagt, wer Sie sind, die hier gilt. Versuchen Sie es noch einmal.",
    },
  },
  noWallet: {
    title: "Hier gibt es nichts zu sehen",
    titleOf: (app) => `${app} bietet diese Seite nicht an`,
    text: "Keine App bietet diese Seite hier an. Sehen Sie in der App selbst nach, was Sie verbunden haben.",
    textOf: (app) => `Sehen Sie in ${app} selbst nach, was Sie verbunden haben.`,
    all: "Alle Apps anzeigen",
  },
  trouble: {
    unreachable: {
      title: "Keine Verbindung zum Dienst",
      text: "Der Dienst antwortet nicht. Prüfen Sie Ihre Internetverbindung oder versuchen Sie es gleich noch einmal.",
    },
    busy: {
      title: "Zu viel auf einmal",
      text: "Zurzeit gibt es zu viele Anfragen, vielleicht auch von anderen in Ihrem Netzwerk. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
    },
    unexpected: {
      title: "Bei uns ist etwas schiefgegangen",
      text: "Es lag nicht an Ihnen. Bitte versuchen Sie es gleich noch einmal.",
    },
    not_signed_out: {
      title: "Sie sind noch angemeldet",
      text: "Das Abmelden hat nicht geklappt. Bitte versuchen Sie es noch einmal, bevor andere diesen Browser nutzen.",
    },
  },
};
