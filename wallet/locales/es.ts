/**
 * Every word the Wallet says, in Spanish. Knows names only as arguments, as en.ts does, and gives none a gender:
 * accounts and connections agree with their own words.
 */
import { common } from "../../look/locales/es.ts";
import type { Messages } from "./en.ts";

const The = (provider: string | undefined): string => provider ?? "Un servicio";
const the = (provider: string | undefined): string => provider ?? "un servicio";

export const words: Messages = {
  ...common,
  loading: "Cargando…",

  connections: {
    title: "Tus conexiones",
    lead: "Tus cuentas en otros servicios y lo que las aplicaciones pueden hacer con ellas.",
    leadOf: (app) => `Tus cuentas en otros servicios y lo que ${app} puede hacer con ellas.`,
    none: {
      title: "No hay nada conectado",
      text: "En cuanto conectes una cuenta en una aplicación, la verás aquí.",
    },
    app: "Aplicación",
    connected: "Fecha de conexión",
    lastUsed: "Último uso",
    never: "todavía no",
    ends: "Termina",
    ended: "Fecha de desconexión",
    may: (app) => `${app} puede`,
    moreScopes: (count) => `${count} más`,
    noScopes: ({ app, provider }) => `Lo que ${app} puede hacer se acordó en ${provider}.`,
    status: {
      active: "Activa",
      expiring: "Termina pronto",
      needs_reconnect: "Hay que volver a conectarla",
      revoked: "Desconectada",
    },
    reconnect: ({ app, provider }) =>
      `Ahora mismo no funciona. Abre ${app} y vuelve a conectar ${provider}.`,
    renew: ({ app, provider }) => `Para conservarla, abre ${app} y vuelve a conectar ${provider}.`,
    disconnect: "Desconectar",
    disconnectAll: {
      app: (app) => `Desconectar todo de ${app}`,
      provider: (provider) => `Desconectar todo en ${provider}`,
      both: ({ app, provider }) => `Desconectar todo en ${provider} de ${app}`,
    },
  },

  ending: {
    title: (provider) => `¿Desconectar ${provider}?`,
    text: ({ app, provider, account }) =>
      `${app} ya no podrá usar ${account} en ${provider}. Puedes volver a conectar la cuenta en ${app}.`,
    titleAll: {
      app: (app) => `¿Desconectar todo de ${app}?`,
      provider: (provider) => `¿Desconectar todo en ${provider}?`,
      both: ({ app, provider }) => `¿Desconectar todo en ${provider} de ${app}?`,
    },
    textAll: {
      app: (app) =>
        `${app} ya no podrá usar ninguna de las cuentas que has conectado. Puedes volver a conectarlas en ${app}.`,
      provider: (provider) =>
        `Ninguna aplicación de aquí podrá usar ya tus cuentas en ${provider}. Puedes volver a conectarlas en cada aplicación.`,
      both: ({ app, provider }) =>
        `${app} ya no podrá usar tus cuentas en ${provider}. Puedes volver a conectarlas en ${app}.`,
    },
    delay: (time) => `Una aplicación puede conservar el acceso durante ${time} como máximo.`,
    confirmAll: "Desconectar todo",
    busy: "Desconectando…",
    soFar: (count) => `Desconectadas hasta ahora: ${count}`,
    stop: "Detener",
    close: "Cerrar",
    over: "Desconexión terminada",
    stopped: "No se ha desconectado todo",
    count: (count) => `Desconectadas: ${count}`,
    told: (count) => `Se ha avisado al servicio: ${count}`,
    untold: (count) => `No se ha podido avisar al servicio: ${count}`,
    shared: (count) => `Sin avisar, porque otra conexión usa la misma cuenta: ${count}`,
    removeAll: "Termina también el acceso en los ajustes de tus cuentas en esos servicios.",
  },
  told: {
    done: (provider) => `Cuenta desconectada. Se ha avisado a ${provider}.`,
    failed: (provider) => `Cuenta desconectada aquí. No se ha podido avisar a ${provider}.`,
    shared: (provider) =>
      `Cuenta desconectada. No se ha avisado a ${provider} porque otra conexión usa la misma cuenta.`,
    remove: ({ app, provider }) =>
      `Quita también ${app} en los ajustes de tu cuenta en ${provider}.`,
    manage: (provider) => `Abrir los ajustes en ${provider}`,
    again: (app) => `Puedes volver a conectar la cuenta en ${app}.`,
    already: "La cuenta ya estaba desconectada.",
  },

  secrets: {
    title: (app) => `Lo que te ha dado ${app}`,
    note: (app) =>
      `Lo ha puesto el equipo de ${app} para usarlo en tu nombre. Solo ese equipo puede retirarlo.`,
    user: "Solo para ti",
    group: "Para un grupo al que perteneces",
    everyone: (app) => `Para todas las personas que usan ${app}`,
    given: "Desde",
    active: "En vigor",
    expired: "Caducado",
  },

  activity: {
    title: "Actividad",
    lead: "Lo que se ha hecho en tu nombre, primero lo más reciente.",
    none: {
      title: "Todavía no ha pasado nada",
      text: "En cuanto una aplicación use una de tus cuentas, lo verás aquí.",
    },
    allowed: "Permitido",
    refused: "Rechazado",
    because: (reason) => `Rechazado: ${reason}`,
    kinds: {
      used: ({ app, provider }) => `${app} ha usado ${the(provider)}`,
      refused: ({ app, provider }) => `${app} ha querido usar ${the(provider)}`,
      connected: ({ app, provider }) => `Has conectado ${the(provider)} con ${app}`,
      reconnected: ({ app, provider }) => `Has vuelto a conectar ${the(provider)} con ${app}`,
      ended_by_provider: ({ app, provider }) => `${The(provider)} ha terminado el acceso de ${app}`,
      expired: ({ app, provider }) => `El acceso de ${app} a ${the(provider)} ha caducado`,
    },
    revokedBy: {
      you: ({ app, provider }) => `Has desconectado ${the(provider)} de ${app}`,
      app: ({ app, provider }) => `${app} ha desconectado ${the(provider)}`,
      operator: ({ app, provider }) => `El equipo de ${app} ha desconectado ${the(provider)}`,
      identity_provider: ({ app, provider }) =>
        `${The(provider)} se ha desconectado de ${app} porque se ha cerrado tu cuenta`,
      broker: ({ app, provider }) =>
        `${The(provider)} se ha desconectado de ${app} automáticamente`,
    },
    revoked: ({ app, provider }) => `${The(provider)} se ha desconectado de ${app}`,
    reasons: {
      grant_not_found: "no hay nada conectado para ello",
      ambiguous_grant: "no se indicó cuál de varias cuentas",
      grant_revoked: "habías desconectado la cuenta",
      credential_revoked: "el servicio había terminado el acceso",
      grant_expired: "el acceso había caducado",
      scope_reauth_required: "no se había permitido tanto",
      policy_violation: "una norma del operador lo prohíbe",
      host_not_allowed: "la llamada habría ido a otra dirección",
      provider_not_allowed: "la aplicación no puede usar este servicio",
      provider_unavailable: "el servicio no respondió",
      provider_timeout: "el servicio tardó demasiado",
      rate_limited: "había demasiadas llamadas",
      overloaded: "había demasiadas llamadas",
      invalid_user_token: "tu sesión en la aplicación no era válida",
    },
    other: "la llamada no estaba permitida",
  },

  filter: {
    label: "Mostrar",
    app: "Aplicación",
    allApps: "Todas las aplicaciones",
    provider: "Servicio",
    allProviders: "Todos los servicios",
    unknown: "Otra cosa",
    none: "No hay nada para esta selección.",
    clear: "Mostrar todo",
  },
  views: "Partes de esta página",
  shown: (count) => `Se muestran: ${count}`,
  more: "Mostrar más",
  moreFailed: "No se ha podido cargar el resto. Vuelve a intentarlo.",

  signOut: "Cerrar sesión",
  download: {
    button: "Descargar mis datos",
    busy: "Preparando tus datos…",
    done: "Tus datos se han descargado.",
    failed: "La descarga no ha funcionado y no se ha guardado nada. Vuelve a intentarlo.",
  },

  signedOut: {
    title: "Mira lo que has conectado",
    titleOf: (app) => `Mira lo que has conectado con ${app}`,
    text: "Qué cuentas tuyas pueden usar las aplicaciones, qué se ha hecho con ellas y cómo terminarlo.",
    signIn: (identity_provider) => `Iniciar sesión con ${identity_provider}`,
    note: "Inicias sesión donde siempre. Esta página nunca ve tu contraseña.",
  },
  ended: {
    title: "Se ha cerrado tu sesión",
    text: "Aquí ya no se muestra nada tuyo. Vuelve a iniciar sesión para continuar.",
  },
  left: {
    title: "Has cerrado la sesión aquí",
    text: (identity_provider) =>
      `Puede que tu sesión siga abierta en ${identity_provider}. Si otras personas usan este navegador, ciérrala también allí.`,
    again: (identity_provider) => `Volver a iniciar sesión con ${identity_provider}`,
  },
  problem: {
    denied: {
      title: "No se ha iniciado la sesión",
      text: "Lo has rechazado, o lo ha hecho el servicio de inicio de sesión.",
    },
    expired: {
      title: "Se ha tardado demasiado",
      text: "Hay que iniciar sesión en diez minutos, y cuenta una sola vez. Vuelve a iniciar sesión.",
    },
    other_browser: {
      title: "Ese inicio de sesión empezó en otro lugar",
      text: "Empezó en otro navegador o en otra ventana, así que aquí no cuenta. Si no lo has hecho tú, es posible que alguien te haya enviado el enlace. Puedes iniciar sesión aquí.",
    },
    unavailable: {
      title: "El servicio de inicio de sesión no responde",
      text: "Puede que sea una interrupción pasajera. Vuelve a intentarlo dentro de un minuto.",
    },
    refused: {
      title: "No se ha podido iniciar tu sesión",
      text: "El servicio de inicio de sesión no ha dicho quién eres de una forma que valga aquí. Vuelve a intentarlo.",
    },
  },
  noWallet: {
    title: "Aquí no hay nada que ver",
    titleOf: (app) => `${app} no ofrece esta página`,
    text: "Ninguna aplicación ofrece esta página aquí. Mira en la propia aplicación lo que has conectado.",
    textOf: (app) => `Mira directamente en ${app} lo que has conectado.`,
    all: "Mostrar todas las aplicaciones",
  },
  trouble: {
    unreachable: {
      title: "No podemos establecer la conexión",
      text: "El servicio no responde. Comprueba tu conexión a Internet o vuelve a intentarlo dentro de un momento.",
    },
    busy: {
      title: "Demasiado a la vez",
      text: "En este momento se están haciendo demasiadas peticiones, quizá por otras personas de tu red. Espera un minuto y vuelve a intentarlo.",
    },
    unexpected: {
      title: "Se ha producido un error por nuestra parte",
      text: "No ha sido por nada que hayas hecho. Vuelve a intentarlo dentro de un momento.",
    },
    not_signed_out: {
      title: "Tu sesión sigue abierta",
      text: "No se ha podido cerrar la sesión. Vuelve a intentarlo antes de que otras personas usen este navegador.",
    },
  },
};
