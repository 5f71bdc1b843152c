/**
 * Every word the page says, in German. Knows names only as arguments, as en.ts does, and never bends one: a name stands
 * where it needs neither an article nor an ending.
 */
import { common } from "../../look/locales/de.ts";
import type { Ending, Failure } from "../screen.ts";
import type { Messages } from "./en.ts";

type Names = { app: string; provider: string | undefined };
type Notice = { title: string; text: string };

const plurals = new Intl.PluralRules("de");

const The = (provider: string | undefined): string => provider ?? "Der andere Dienst";
/** For after “bei” and “von”. */
const the = (provider: string | undefined): string => provider ?? "dem anderen Dienst";

const failed: Record<Failure, (names: Names) => Notice> = {
  access_denied: ({ provider }) => ({
    title: "Der Zugriff wurde nicht gewährt",
    text: `Sie selbst oder ein Administrator haben den Zugriff bei ${the(provider)} abgelehnt. Sie können es noch einmal versuchen oder abbrechen.`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: `${The(provider)} hat die Anfrage abgelehnt`,
    text: `Versuchen Sie es noch einmal. Kommt es wieder vor, können die Verantwortlichen von ${app} das Problem beheben.`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: `${The(provider)} antwortet nicht`,
    text: "Vielleicht ist das nur eine kurze Störung. Versuchen Sie es in einer Minute noch einmal.",
  }),
  provider_timeout: ({ provider }) => ({
    title: `${The(provider)} hat zu lange gebraucht`,
    text: "Die Antwort kam nicht rechtzeitig. Versuchen Sie es in einer Minute noch einmal.",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "Das hat nicht geklappt",
    text: `Die Antwort von ${the(provider)} war nicht so, wie sie sein sollte. Deshalb haben wir abgebrochen. Versuchen Sie es noch einmal.`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "Es war nicht zu erkennen, wessen Konto das ist",
    text: `Ohne diese Angabe von ${the(provider)} verbinden wir kein Konto. Versuchen Sie es noch einmal.`,
  }),
  finishing_timed_out: () => ({
    title: "Der letzte Schritt hat zu lange gedauert",
    text: "Er wurde abgebrochen, und das Konto wurde nicht verbunden. Versuchen Sie es noch einmal.",
  }),
  authorization_superseded: () => ({
    title: "Das war ein früherer Versuch",
    text: "Sie haben danach einen neuen begonnen, der frühere zählt deshalb nicht mehr. Versuchen Sie es hier noch einmal.",
  }),
  authorization_expired: ({ provider }) => ({
    title: "Dieser Versuch ist zu alt",
    text: `Es hat bei ${the(provider)} zu lange gedauert, der Versuch zählt deshalb nicht mehr. Versuchen Sie es noch einmal.`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: `${The(provider)} lässt sich in dieser App nicht öffnen`,
    text: `Kopieren Sie die Adresse, öffnen Sie sie in Ihrem gewohnten Browser und beginnen Sie in ${app} von vorn.`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "Etwas wurde ausgelassen",
    text: `${app} funktioniert nur mit allen Berechtigungen, um die Sie bei ${the(provider)} gebeten werden. Versuchen Sie es noch einmal und wählen Sie nichts ab.`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "Das waren zu viele Versuche",
    text: `Kehren Sie zu ${app} zurück und beginnen Sie dort von vorn.`,
  }),
  unexpected: () => ({
    title: "Etwas ist schiefgegangen",
    text: "Es lag nicht an Ihnen. Versuchen Sie es gleich noch einmal.",
  }),
};

/** For after “zu”: a name, or `theApp`. */
const ended: Record<Ending, (app: string) => Notice> = {
  cancelled: () => ({ title: "Abgebrochen", text: "Es wurde nichts verbunden." }),
  denied: () => ({
    title: "Es wurde nichts verbunden",
    text: "Der Zugriff wurde nicht gewährt.",
  }),
  expired: (app) => ({
    title: "Das hat zu lange gedauert",
    text: `Zu Ihrer Sicherheit ist diese Seite nur begrenzte Zeit geöffnet. Kehren Sie zu ${app} zurück und beginnen Sie von vorn.`,
  }),
  wrong_user: (app) => ({
    title: "Es wurde nichts verbunden",
    text: `Kehren Sie zu ${app} zurück, melden Sie sich mit Ihrem eigenen Konto an und beginnen Sie von vorn.`,
  }),
  elsewhere: (app) => ({
    title: "An anderer Stelle geöffnet",
    text: `Dieser Vorgang wurde in einem anderen Fenster geöffnet und endet deshalb hier. Wenn Sie das nicht waren, kehren Sie zu ${app} zurück und beginnen Sie von vorn.`,
  }),
  over: (app) => ({
    title: "Dieser Vorgang ist beendet",
    text: `Kehren Sie zu ${app} zurück, um zu sehen, was verbunden ist, oder um von vorn zu beginnen.`,
  }),
};

export const de: Messages = {
  ...common,
  pageTitle: (app) => (app ? `Verbinden – ${app}` : "Verbinden"),

  loading: "Einen Moment\u00a0…",

  identity: {
    caption: (app) => `Bei ${app} angemeldet als`,
    notYou: "Nicht Sie?",
  },

  requestedBy: "Angefordert von",
  confirm: {
    title: ({ app, provider }) => `${provider} mit ${app} verbinden`,
    scopes: (app) => `${app} kann dann`,
    titleAgain: ({ app, provider }) => `${provider} erneut mit ${app} verbinden`,
    renewed: (provider) => `Melden Sie sich bei ${provider} mit diesem Konto an`,
    noScopes: (provider) => `${provider} zeigt Ihnen, worum gebeten wird, bevor Sie zustimmen.`,
    already: "Bereits verbunden",
    example: (example) => `z.\u00a0B. ${example}`,
    amiss: (provider, example = "") =>
      `Das entspricht nicht der Schreibweise bei ${provider}.${example && ` Ein Beispiel: ${example}`}`,
    go: (provider) => `Weiter zu ${provider}`,
    allowedBy: (app) => `${app} kann dann alles, wozu dies Zugang gibt.`,
    help: (provider) => `Wo Sie das bei ${provider} finden`,
    refused: (provider) =>
      `${provider} nimmt dies nicht an. Prüfen Sie, ob es vollständig kopiert wurde und noch gilt.`,
    kept: ({ app, provider }) =>
      `${provider} wird einmal gefragt, ob es stimmt, dann wird es verschlüsselt aufbewahrt. Durch eine Seite von ${app} geht es nie.`,
    assurance: ({ app, provider }) =>
      `Sie melden sich bei ${provider} an. ${app} erfährt Ihr Passwort nie.`,
  },
  choose: {
    title: (app) => `Ein Konto mit ${app} verbinden`,
    titleMore: (app) => `Noch etwas für ${app}?`,
    list: "Wählen Sie einen Dienst",
    connected: "Soeben verbunden",
    connectedAs: "Verbunden:",
    done: "Fertig",

    search: "Nach Namen suchen",
    categories: "Arten von Diensten",
    all: "Alle",
    count: ({ count, all }) => `${count} von ${all} Diensten`,
    none: "Ein Dienst dieses Namens wird hier nicht angeboten.",
    clear: "Alle Dienste anzeigen",

    connect: (provider) => `${provider} verbinden`,
    accountsAt: (provider) => `Ihre Konten bei ${provider}`,
    broken: "Muss erneut verbunden werden",
    reconnect: "Erneut verbinden",
    // The visible words come first and unbroken: who speaks to a page says what is written on the button.
    reconnectAt: ({ account, provider }) => `Erneut verbinden: ${account} bei ${provider}`,
    another: "Weiteres Konto hinzufügen",
    anotherAt: (provider) => `Weiteres Konto hinzufügen bei ${provider}`,
  },
  categories: {
    communication: "Kommunikation",
    productivity: "Produktivität",
    files: "Dateien",
    developer: "Entwicklung",
    design: "Design",
    sales: "Vertrieb",
    marketing: "Marketing",
    commerce: "Shops",
    finance: "Finanzen",
    hr: "Personal",
    social: "Soziale Medien",
    health: "Gesundheit",
    identity: "Anmeldung",
  },
  back: "Zurück",
  retry: (provider) =>
    provider ? `Noch einmal mit ${provider} versuchen` : "Noch einmal versuchen",
  copy: "Adresse kopieren",
  copied: "Kopiert",
  closeWindow: "Fenster schließen",
  canClose: "Sie können dieses Fenster schließen.",

  leaving: (to) => `Sie werden zu ${to} weitergeleitet\u00a0…`,
  leavingSlow: "Das dauert länger als üblich.",
  finishing: "Die Verbindung wird hergestellt\u00a0…",
  finishingText: "Das dauert einige Sekunden. Bitte lassen Sie das Fenster geöffnet.",

  finished: {
    title: (provider) => `${provider} ist verbunden`,
    titleAgain: (provider) => `${provider} ist wieder verbunden`,
    titleMany: (count) =>
      plurals.select(count) === "one"
        ? `${count} Konto ist verbunden`
        : `${count} Konten sind verbunden`,
    account: (owner) => `Konto bei ${owner}`,
    to: "verbunden mit",
    another: (account) =>
      `Das ist ein anderes Konto als ${account}. Das bisherige bleibt, wie es war.`,
    differs: (app) =>
      `Die beiden Adressen sind verschieden. Wenn das nicht Ihre Absicht war, trennen Sie die Verbindung in ${app}.`,
    closing: "Dieses Fenster schließt sich von selbst.",
  },

  failed,

  ended,
  theApp: "der App",
  offline: "Sie sind offline. Diese Seite macht weiter, sobald Sie wieder online sind.",
  preview: {
    banner: "Vorschau – hier lässt sich nichts verbinden",
    mark: "Vorschau",
    refused: "In der Vorschau führt diese Schaltfläche nirgendwohin.",
  },
  backTo: (app) => `Zurück zu ${app}`,

  openFromApp: {
    title: "Öffnen Sie diese Seite aus der App",
    text: "Diese Seite funktioniert nur, wenn eine App sie öffnet. Kehren Sie zur App zurück und wählen Sie dort die Schaltfläche zum Verbinden.",
  },
  sentLink: "Vielleicht hat Ihnen jemand diesen Link geschickt. Es wurde nichts verbunden.",
  lost: {
    title: "Kehren Sie zu dem Browser und der App zurück, in denen Sie begonnen haben",
    text: "Diese Seite gehört zu einem Vorgang, der an anderer Stelle begonnen wurde.",
  },
  cookiesBlocked: {
    title: "Cookies sind blockiert",
    text: "Ein Cookie stellt sicher, dass niemand außer Ihnen diesen Vorgang abschließen kann. Lassen Sie Cookies für diese Website zu und beginnen Sie dann in der App von vorn.",
  },
  trouble: {
    unreachable: {
      title: "Keine Verbindung zum Dienst",
      text: "Der Dienst antwortet nicht. Diese Seite versucht es weiter, und Sie können dort fortfahren, wo Sie waren. Wenn es lange dauert, prüfen Sie Ihre Internetverbindung.",
    },
    offline: {
      title: "Sie sind offline",
      text: "Diese Seite macht von selbst weiter, sobald Sie wieder mit dem Internet verbunden sind. Es geht nichts verloren.",
    },
    busy: {
      title: "Zu viel auf einmal",
      text: "Zurzeit gibt es zu viele Versuche, vielleicht auch von anderen in Ihrem Netzwerk. Warten Sie eine Minute und versuchen Sie es dann noch einmal.",
    },
    unexpected: {
      title: "Bei uns ist etwas schiefgegangen",
      text: "Bitte versuchen Sie es gleich noch einmal. Sie können dort fortfahren, wo Sie waren.",
    },
  },
};
