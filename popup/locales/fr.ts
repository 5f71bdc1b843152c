/**
 * Every word the page says, in French. Knows names only as arguments, as en.ts does, and puts none after “de” or “que”:
 * those would have to know whether it begins with a vowel.
 */
import { common } from "../../look/locales/fr.ts";
import type { Ending, Failure } from "../screen.ts";
import type { Messages } from "./en.ts";

type Names = { app: string; provider: string | undefined };
type Notice = { title: string; text: string };

const plurals = new Intl.PluralRules("fr");

const the = (provider: string | undefined): string => provider ?? "l’autre service";
const The = (provider: string | undefined): string => provider ?? "L’autre service";

const failed: Record<Failure, (names: Names) => Notice> = {
  access_denied: ({ provider }) => ({
    title: "L’accès n’a pas été accordé",
    text: `Vous-même ou un administrateur avez refusé l’accès sur ${the(provider)}. Vous pouvez réessayer ou annuler.`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: `${The(provider)} a refusé la demande`,
    text: `Réessayez. Si le problème persiste, l’équipe qui gère ${app} peut le résoudre.`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: `${The(provider)} ne répond pas`,
    text: "C’est peut-être une panne passagère. Réessayez dans une minute.",
  }),
  provider_timeout: ({ provider }) => ({
    title: `${The(provider)} a mis trop de temps à répondre`,
    text: "La réponse n’est pas arrivée à temps. Réessayez dans une minute.",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "Cela n’a pas fonctionné",
    text: `La réponse reçue depuis ${the(provider)} n’était pas celle attendue, nous nous sommes donc arrêtés là. Réessayez.`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "Nous n’avons pas pu savoir à qui appartient ce compte",
    text: `Tant que ${the(provider)} ne l’indique pas, nous ne connectons aucun compte. Réessayez.`,
  }),
  finishing_timed_out: () => ({
    title: "La dernière étape a pris trop de temps",
    text: "Elle a été interrompue et le compte n’a pas été connecté. Réessayez.",
  }),
  authorization_superseded: () => ({
    title: "C’était une tentative précédente",
    text: "Vous en avez commencé une plus récente, la précédente ne compte donc plus. Réessayez ici.",
  }),
  authorization_expired: ({ provider }) => ({
    title: "Cette tentative est trop ancienne",
    text: `L’étape sur ${the(provider)} a pris trop de temps, la tentative ne compte donc plus. Réessayez.`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: `${The(provider)} ne s’ouvre pas dans cette application`,
    text: `Copiez l’adresse, ouvrez-la dans votre navigateur habituel et recommencez dans ${app}.`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "Une autorisation manque",
    text: `${app} ne fonctionne qu’avec toutes les autorisations demandées sur ${the(provider)}. Réessayez sans en décocher aucune.`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "Il y a eu trop de tentatives",
    text: `Revenez à ${app} et recommencez depuis le début.`,
  }),
  unexpected: () => ({
    title: "Une erreur s’est produite",
    text: "Vous n’y êtes pour rien. Réessayez dans un instant.",
  }),
};

const ended: Record<Ending, (app: string) => Notice> = {
  cancelled: () => ({ title: "Annulé", text: "Rien n’a été connecté." }),
  denied: () => ({ title: "Rien n’a été connecté", text: "L’accès n’a pas été accordé." }),
  expired: (app) => ({
    title: "Cela a pris trop de temps",
    text: `Pour votre sécurité, cette page n’est ouverte que pour une durée limitée. Revenez à ${app} et recommencez.`,
  }),
  wrong_user: (app) => ({
    title: "Rien n’a été connecté",
    text: `Revenez à ${app}, connectez-vous avec votre propre compte et recommencez.`,
  }),
  elsewhere: (app) => ({
    title: "Ouvert ailleurs",
    text: `Cette opération a été ouverte dans une autre fenêtre, elle s’est donc arrêtée ici. Si ce n’était pas vous, revenez à ${app} et recommencez.`,
  }),
  over: (app) => ({
    title: "Cette opération est terminée",
    text: `Revenez à ${app} pour voir ce qui est connecté ou pour recommencer.`,
  }),
};

export const fr: Messages = {
  ...common,
  pageTitle: (app) => (app ? `Connexion – ${app}` : "Connexion"),

  loading: "Un instant…",

  identity: {
    caption: (app) => `Vous utilisez ${app} en tant que`,
    notYou: "Ce n’est pas vous\u202f?",
  },

  requestedBy: "Demandé par",
  confirm: {
    title: ({ app, provider }) => `Connecter ${provider} à ${app}`,
    scopes: (app) => `${app} pourra`,
    titleAgain: ({ app, provider }) => `Reconnecter ${provider} à ${app}`,
    renewed: (provider) => `Sur ${provider}, connectez-vous avec ce compte`,
    noScopes: (provider) =>
      `${provider} vous montrera ce qui est demandé avant que vous n’acceptiez.`,
    already: "Déjà connecté",
    example: (example) => `par exemple ${example}`,
    amiss: (provider, example = "") =>
      `Ce n’est pas la forme utilisée par ${provider}.${example && ` Un exemple\u202f: ${example}`}`,
    go: (provider) => `Continuer vers ${provider}`,
    allowedBy: (app) => `${app} pourra faire tout ce à quoi cela donne accès.`,
    help: (provider) => `Où trouver cela sur ${provider}`,
    refused: (provider) =>
      `${provider} ne l’accepte pas. Vérifiez que tout a été copié, et que c’est toujours valable.`,
    kept: ({ app, provider }) =>
      `On demande une seule fois à ${provider} si c’est correct, puis c’est conservé chiffré. Cela ne passe jamais par une page appartenant à ${app}.`,
    assurance: ({ app, provider }) =>
      `Vous vous connectez sur ${provider}. ${app} ne voit jamais votre mot de passe.`,
  },
  choose: {
    title: (app) => `Connecter un compte à ${app}`,
    titleMore: (app) => `Autre chose pour ${app}\u202f?`,
    list: "Choisissez un service",
    connected: "Connecté à l’instant",
    connectedAs: "Connecté\u202f:",
    done: "Terminé",

    search: "Rechercher par nom",
    categories: "Types de services",
    all: "Tous",
    count: ({ count, all }) =>
      `${count} ${plurals.select(count) === "one" ? "service" : "services"} sur ${all}`,
    none: "Aucun service de ce nom n’est proposé ici.",
    clear: "Afficher tous les services",

    connect: (provider) => `Connecter ${provider}`,
    accountsAt: (provider) => `Vos comptes sur ${provider}`,
    broken: "Doit être reconnecté",
    reconnect: "Reconnecter",
    reconnectAt: ({ account, provider }) => `Reconnecter ${account} sur ${provider}`,
    another: "Ajouter un autre compte",
    anotherAt: (provider) => `Ajouter un autre compte sur ${provider}`,
  },
  categories: {
    communication: "Communication",
    productivity: "Productivité",
    files: "Fichiers",
    developer: "Développement",
    design: "Design",
    sales: "Ventes",
    marketing: "Marketing",
    commerce: "Boutiques",
    finance: "Finances",
    hr: "Ressources humaines",
    social: "Réseaux sociaux",
    health: "Santé",
    identity: "Identification",
  },
  back: "Retour",
  retry: (provider) => (provider ? `Réessayer avec ${provider}` : "Réessayer"),
  copy: "Copier l’adresse",
  copied: "Copiée",
  closeWindow: "Fermer la fenêtre",
  canClose: "Vous pouvez fermer cette fenêtre.",

  leaving: (to) => `Redirection vers ${to}…`,
  leavingSlow: "Cela prend plus de temps que prévu.",
  finishing: "Finalisation de la connexion…",
  finishingText: "Cela prend quelques secondes. Veuillez garder la fenêtre ouverte.",

  finished: {
    title: (provider) => `La connexion à ${provider} est établie`,
    titleAgain: (provider) => `La connexion à ${provider} est rétablie`,
    titleMany: (count) =>
      plurals.select(count) === "one"
        ? `${count} compte est connecté`
        : `${count} comptes sont connectés`,
    account: (owner) => `Compte ${owner}`,
    // Right for one account above and for several.
    to: "connexion établie avec",
    another: (account) => `Ce n’est pas le même compte\u202f: ${account} reste comme il était.`,
    differs: (app) =>
      `Les adresses ne sont pas les mêmes. Si ce n’était pas voulu, déconnectez ce compte dans ${app}.`,
    closing: "Cette fenêtre se ferme toute seule.",
  },

  failed,

  ended,
  theApp: "l’application",
  offline:
    "Vous êtes hors connexion. Cette page continuera dès que la connexion à Internet sera rétablie.",
  preview: {
    banner: "Aperçu – rien ne peut être connecté",
    mark: "Aperçu",
    refused: "Dans un aperçu, ce bouton ne mène nulle part.",
  },
  backTo: (app) => `Revenir à ${app}`,

  openFromApp: {
    title: "Ouvrez cette page depuis l’application",
    text: "Cette page ne fonctionne que si une application l’ouvre. Revenez à l’application et appuyez sur son bouton de connexion.",
  },
  sentLink: "Quelqu’un vous a peut-être envoyé ce lien. Rien n’a été connecté.",
  lost: {
    title: "Revenez au navigateur et à l’application où vous avez commencé",
    text: "Cette page fait partie d’une opération commencée ailleurs.",
  },
  cookiesBlocked: {
    title: "Les cookies sont bloqués",
    text: "Un cookie garantit que personne d’autre ne peut terminer cette opération à votre place. Autorisez les cookies pour ce site, puis recommencez dans l’application.",
  },
  trouble: {
    unreachable: {
      title: "Le service est injoignable",
      text: "Le service ne répond pas. Cette page continue d’essayer et vous pourrez reprendre là où vous en étiez. Si cela dure, vérifiez votre connexion à Internet.",
    },
    offline: {
      title: "Vous êtes hors connexion",
      text: "Cette page continuera d’elle-même dès que la connexion à Internet sera rétablie. Rien n’est perdu.",
    },
    busy: {
      title: "Trop de demandes à la fois",
      text: "Il y a trop de tentatives en ce moment, peut-être venant d’autres personnes sur votre réseau. Attendez une minute, puis réessayez.",
    },
    unexpected: {
      title: "Une erreur s’est produite de notre côté",
      text: "Veuillez réessayer dans un instant. Vous pourrez reprendre là où vous en étiez.",
    },
  },
};
