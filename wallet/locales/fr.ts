/**
 * Every word the Wallet says, in French. Knows names only as arguments, as en.ts does, and puts before them only what
 * neither bends nor is left out before a vowel.
 */
import { common } from "../../look/locales/fr.ts";
import type { Messages } from "./en.ts";

const plurals = new Intl.PluralRules("fr");

const The = (provider: string | undefined): string => provider ?? "Un service";
const the = (provider: string | undefined): string => provider ?? "un service";

export const words: Messages = {
  ...common,
  loading: "Chargement…",

  connections: {
    title: "Vos connexions",
    lead: "Vos comptes auprès d’autres services, et ce que les applications peuvent en faire.",
    leadOf: (app) => `Vos comptes auprès d’autres services, et ce que ${app} peut en faire.`,
    none: {
      title: "Rien n’est connecté",
      text: "Dès que vous connecterez un compte dans une application, vous le verrez ici.",
    },
    app: "Application",
    connected: "Connecté",
    lastUsed: "Dernière utilisation",
    never: "pas encore",
    ends: "Fin",
    ended: "Déconnecté",
    may: (app) => `${app} peut`,
    moreScopes: (count) => (plurals.select(count) === "one" ? `${count} autre` : `${count} autres`),
    noScopes: ({ app, provider }) => `Ce que ${app} peut faire a été convenu sur ${provider}.`,
    status: {
      active: "Actif",
      expiring: "Se termine bientôt",
      needs_reconnect: "Doit être reconnecté",
      revoked: "Déconnecté",
    },
    reconnect: ({ app, provider }) =>
      `La connexion ne fonctionne pas pour le moment. Ouvrez ${app} et reconnectez ${provider}.`,
    renew: ({ app, provider }) => `Pour la garder, ouvrez ${app} et reconnectez ${provider}.`,
    disconnect: "Déconnecter",
    disconnectAll: {
      app: (app) => `Tout déconnecter pour ${app}`,
      provider: (provider) => `Tout déconnecter sur ${provider}`,
      both: ({ app, provider }) => `Tout déconnecter sur ${provider} pour ${app}`,
    },
  },

  ending: {
    title: (provider) => `Déconnecter ${provider}\u202f?`,
    text: ({ app, provider, account }) =>
      `${app} ne pourra plus utiliser ${account} sur ${provider}. Vous pourrez reconnecter ce compte dans ${app}.`,
    titleAll: {
      app: (app) => `Tout déconnecter pour ${app}\u202f?`,
      provider: (provider) => `Tout déconnecter sur ${provider}\u202f?`,
      both: ({ app, provider }) => `Tout déconnecter sur ${provider} pour ${app}\u202f?`,
    },
    textAll: {
      app: (app) =>
        `${app} ne pourra plus utiliser aucun des comptes que vous avez connectés. Vous pourrez les reconnecter dans ${app}.`,
      provider: (provider) =>
        `Aucune application ici ne pourra plus utiliser vos comptes sur ${provider}. Vous pourrez les reconnecter dans chaque application.`,
      both: ({ app, provider }) =>
        `${app} ne pourra plus utiliser vos comptes sur ${provider}. Vous pourrez les reconnecter dans ${app}.`,
    },
    delay: (time) => `Une application peut garder l’accès pendant encore ${time} au plus.`,
    confirmAll: "Tout déconnecter",
    busy: "Déconnexion…",
    soFar: (count) => `Déconnectés jusqu’ici\u202f: ${count}`,
    stop: "Arrêter",
    close: "Fermer",
    over: "C’est déconnecté",
    stopped: "Tout n’est pas déconnecté",
    count: (count) => `Déconnectés\u202f: ${count}`,
    told: (count) => `Le service a été prévenu\u202f: ${count}`,
    untold: (count) => `Le service n’a pas pu être prévenu\u202f: ${count}`,
    shared: (count) =>
      `Non prévenu, car une autre connexion utilise le même compte\u202f: ${count}`,
    removeAll: "Mettez aussi fin à l’accès dans les paramètres de vos comptes sur ces services.",
  },
  told: {
    done: (provider) => `C’est déconnecté. ${provider} a été prévenu.`,
    failed: (provider) => `C’est déconnecté ici. ${provider} n’a pas pu être prévenu.`,
    shared: (provider) =>
      `C’est déconnecté. ${provider} n’a pas été prévenu, car une autre connexion utilise le même compte.`,
    remove: ({ app, provider }) =>
      `Retirez aussi ${app} dans les paramètres de votre compte sur ${provider}.`,
    manage: (provider) => `Ouvrir les paramètres sur ${provider}`,
    again: (app) => `Vous pouvez reconnecter ce compte dans ${app}.`,
    already: "C’était déjà déconnecté.",
  },

  secrets: {
    title: (app) => `Mis à votre disposition par ${app}`,
    note: (app) =>
      `Fourni par les responsables de ${app} pour être utilisé en votre nom. Eux seuls peuvent le retirer.`,
    user: "Pour vous uniquement",
    group: "Pour un groupe dont vous faites partie",
    everyone: (app) => `Pour tous ceux qui utilisent ${app}`,
    given: "Fourni",
    active: "En vigueur",
    expired: "Expiré",
  },

  activity: {
    title: "Activité",
    lead: "Ce qui a été fait en votre nom, le plus récent d’abord.",
    none: {
      title: "Il ne s’est encore rien passé",
      text: "Dès qu’une application utilisera l’un de vos comptes, vous le verrez ici.",
    },
    allowed: "Autorisé",
    refused: "Refusé",
    because: (reason) => `Refusé\u202f: ${reason}`,
    kinds: {
      used: ({ app, provider }) => `${app} a utilisé ${the(provider)}`,
      refused: ({ app, provider }) => `${app} a voulu utiliser ${the(provider)}`,
      connected: ({ app, provider }) => `Vous avez connecté ${the(provider)} à ${app}`,
      reconnected: ({ app, provider }) => `Vous avez reconnecté ${the(provider)} à ${app}`,
      ended_by_provider: ({ app, provider }) => `${The(provider)} a mis fin à l’accès pour ${app}`,
      expired: ({ app, provider }) =>
        provider === undefined
          ? `L’accès donné à ${app} a expiré`
          : `L’accès donné à ${app} pour ${provider} a expiré`,
    },
    revokedBy: {
      you: ({ app, provider }) => `Vous avez déconnecté ${the(provider)} pour ${app}`,
      app: ({ app, provider }) => `${app} a déconnecté ${the(provider)}`,
      operator: ({ app, provider }) => `Les responsables de ${app} ont déconnecté ${the(provider)}`,
      identity_provider: ({ app, provider }) =>
        `${The(provider)} n’est plus connecté à ${app}, car votre compte a été fermé`,
      broker: ({ app, provider }) =>
        `${The(provider)} a été déconnecté automatiquement pour ${app}`,
    },
    revoked: ({ app, provider }) => `${The(provider)} a été déconnecté pour ${app}`,
    reasons: {
      grant_not_found: "rien n’est connecté pour cela",
      ambiguous_grant: "il n’était pas précisé lequel de plusieurs comptes",
      grant_revoked: "vous l’aviez déconnecté",
      credential_revoked: "le service avait mis fin à l’accès",
      grant_expired: "l’accès avait expiré",
      scope_reauth_required: "tout cela n’avait pas été autorisé",
      policy_violation: "une règle de l’exploitant l’interdit",
      host_not_allowed: "l’appel serait parti vers une autre adresse",
      provider_not_allowed: "l’application ne peut pas utiliser ce service",
      provider_unavailable: "le service n’a pas répondu",
      provider_timeout: "le service a mis trop de temps",
      rate_limited: "il y avait trop d’appels",
      overloaded: "il y avait trop d’appels",
      invalid_user_token: "votre session dans l’application n’était pas valable",
    },
    other: "l’appel n’était pas autorisé",
  },

  filter: {
    label: "Afficher",
    app: "Application",
    allApps: "Toutes les applications",
    provider: "Service",
    allProviders: "Tous les services",
    unknown: "Autre chose",
    none: "Il n’y a rien pour ce choix.",
    clear: "Tout afficher",
  },
  views: "Parties de cette page",
  shown: (count) => `Affichés\u202f: ${count}`,
  more: "Afficher plus",
  moreFailed: "La suite n’a pas pu être chargée. Réessayez.",

  signOut: "Se déconnecter",
  download: {
    button: "Télécharger mes données",
    busy: "Préparation de vos données…",
    done: "Vos données ont été téléchargées.",
    failed: "Le téléchargement n’a pas fonctionné et rien n’a été enregistré. Réessayez.",
  },

  signedOut: {
    title: "Voyez ce que vous avez connecté",
    titleOf: (app) => `Voyez ce que vous avez connecté à ${app}`,
    text: "Quels comptes les applications peuvent utiliser, ce qui en a été fait, et comment y mettre fin.",
    signIn: (identity_provider) => `S’identifier avec ${identity_provider}`,
    note: "Vous vous identifiez là où vous le faites toujours. Cette page ne voit jamais votre mot de passe.",
  },
  ended: {
    title: "Votre session est terminée",
    text: "Plus rien de ce qui est à vous n’est affiché ici. Identifiez-vous à nouveau pour continuer.",
  },
  left: {
    title: "Votre session est fermée ici",
    text: (identity_provider) =>
      `Elle est peut-être encore ouverte chez ${identity_provider}. Si d’autres personnes utilisent ce navigateur, fermez-la aussi là-bas.`,
    again: (identity_provider) => `S’identifier à nouveau avec ${identity_provider}`,
  },
  problem: {
    denied: {
      title: "Vous n’avez pas été identifié",
      text: "Vous avez refusé, ou le service d’identification l’a fait.",
    },
    expired: {
      title: "Cela a pris trop de temps",
      text: "Une identification doit être faite en dix minutes et ne compte qu’une fois. Veuillez vous identifier à nouveau.",
    },
    other_browser: {
      title: "Cette identification a commencé ailleurs",
      text: "Elle a été commencée dans un autre navigateur ou une autre fenêtre, et ne compte donc pas ici. Si ce n’était pas vous, quelqu’un vous a peut-être envoyé le lien. Vous pouvez vous identifier ici.",
    },
    unavailable: {
      title: "Le service d’identification ne répond pas",
      text: "Il est peut-être momentanément indisponible. Réessayez dans une minute.",
    },
    refused: {
      title: "Vous n’avez pas pu être identifié",
      text: "Le service d’identification n’a pas dit qui vous êtes d’une façon qui compte ici. Réessayez.",
    },
  },
  noWallet: {
    title: "Il n’y a rien à voir ici",
    titleOf: (app) => `${app} ne propose pas cette page`,
    text: "Aucune application ne propose cette page ici. Regardez dans l’application elle-même ce que vous avez connecté.",
    textOf: (app) => `Regardez directement dans ${app} ce que vous avez connecté.`,
    all: "Voir toutes les applications",
  },
  trouble: {
    unreachable: {
      title: "Le service est injoignable",
      text: "Le service ne répond pas. Vérifiez votre connexion à Internet, ou réessayez dans un instant.",
    },
    busy: {
      title: "Trop de demandes à la fois",
      text: "Il y a trop de demandes en ce moment, peut-être venant d’autres personnes sur votre réseau. Attendez une minute, puis réessayez.",
    },
    unexpected: {
      title: "Une erreur s’est produite de notre côté",
      text: "Vous n’y êtes pour rien. Veuillez réessayer dans un instant.",
    },
    not_signed_out: {
      title: "Votre session est encore ouverte",
      text: "La fermeture n’a pas fonctionné. Veuillez réessayer avant que d’autres personnes n’utilisent ce navigateur.",
    },
  },
};
