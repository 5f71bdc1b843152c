/**
 * Every word the page says, in Spanish. Knows names only as arguments, as en.ts does, and gives none a gender: accounts
 * and connections agree with their own words.
 */
import { common } from "../../look/locales/es.ts";
import type { Ending, Failure } from "../screen.ts";
import type { Messages } from "./en.ts";

type Names = { app: string; provider: string | undefined };
type Notice = { title: string; text: string };

const plurals = new Intl.PluralRules("es");

const the = (provider: string | undefined): string => provider ?? "el otro servicio";
const The = (provider: string | undefined): string => provider ?? "El otro servicio";

const failed: Record<Failure, (names: Names) => Notice> = {
  access_denied: ({ provider }) => ({
    title: "No se ha concedido el acceso",
    text: `Has rechazado el acceso en ${the(provider)}, o lo ha hecho un administrador. Puedes volver a intentarlo o cancelar.`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: `${The(provider)} ha rechazado la solicitud`,
    text: `Vuelve a intentarlo. Si sigue ocurriendo, el equipo de ${app} puede solucionarlo.`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: `${The(provider)} no responde`,
    text: "Puede que sea una interrupción pasajera. Vuelve a intentarlo dentro de un minuto.",
  }),
  provider_timeout: ({ provider }) => ({
    title: `${The(provider)} ha tardado demasiado`,
    text: "La respuesta no ha llegado a tiempo. Vuelve a intentarlo dentro de un minuto.",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "No ha funcionado",
    text: `La respuesta que ha dado ${the(provider)} no era la esperada, así que nos hemos detenido. Vuelve a intentarlo.`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "No hemos podido saber de quién es la cuenta",
    text: `Si ${the(provider)} no nos lo indica, no conectamos ninguna cuenta. Vuelve a intentarlo.`,
  }),
  finishing_timed_out: () => ({
    title: "El último paso ha tardado demasiado",
    text: "Se ha detenido y la cuenta no se ha conectado. Vuelve a intentarlo.",
  }),
  authorization_superseded: () => ({
    title: "Ese era un intento anterior",
    text: "Después has iniciado otro más reciente, así que el anterior ya no cuenta. Vuelve a intentarlo aquí.",
  }),
  authorization_expired: ({ provider }) => ({
    title: "Ese intento es demasiado antiguo",
    text: `El paso en ${the(provider)} ha tardado demasiado, así que el intento ya no cuenta. Vuelve a intentarlo.`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: `${The(provider)} no se abre dentro de esta aplicación`,
    text: `Copia la dirección, ábrela en tu navegador habitual y empieza de nuevo en ${app}.`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "Falta algún permiso",
    text: `${app} solo funciona con todos los permisos que solicita en ${the(provider)}. Vuelve a intentarlo sin quitar ninguno.`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "Se ha intentado demasiadas veces",
    text: `Vuelve a ${app} y empieza de nuevo desde allí.`,
  }),
  unexpected: () => ({
    title: "Se ha producido un error",
    text: "No ha sido por nada que hayas hecho. Vuelve a intentarlo dentro de un momento.",
  }),
};

const ended: Record<Ending, (app: string) => Notice> = {
  cancelled: () => ({ title: "Cancelado", text: "No se ha conectado nada." }),
  denied: () => ({ title: "No se ha conectado nada", text: "No se ha concedido el acceso." }),
  expired: (app) => ({
    title: "Se ha tardado demasiado",
    text: `Por tu seguridad, esta página solo está abierta durante un tiempo limitado. Vuelve a ${app} y empieza de nuevo.`,
  }),
  wrong_user: (app) => ({
    title: "No se ha conectado nada",
    text: `Vuelve a ${app}, inicia sesión con tu propia cuenta y empieza de nuevo.`,
  }),
  elsewhere: (app) => ({
    title: "Se ha abierto en otro lugar",
    text: `Este proceso se ha abierto en otra ventana, así que aquí se ha detenido. Si no lo has hecho tú, vuelve a ${app} y empieza de nuevo.`,
  }),
  over: (app) => ({
    title: "Este proceso ha terminado",
    text: `Vuelve a ${app} para ver qué está conectado o para empezar de nuevo.`,
  }),
};

export const es: Messages = {
  ...common,
  pageTitle: (app) => (app ? `Conectar – ${app}` : "Conectar"),

  loading: "Un momento…",

  identity: {
    caption: (app) => `Sesión iniciada en ${app} como`,
    notYou: "¿No eres tú?",
  },

  requestedBy: "Solicitado por",
  confirm: {
    title: ({ app, provider }) => `Conectar ${provider} con ${app}`,
    scopes: (app) => `${app} podrá`,
    titleAgain: ({ app, provider }) => `Volver a conectar ${provider} con ${app}`,
    renewed: (provider) => `Inicia sesión en ${provider} con esta cuenta`,
    noScopes: (provider) => `${provider} te mostrará qué se solicita antes de que aceptes.`,
    already: "Ya conectado",
    example: (example) => `por ejemplo, ${example}`,
    amiss: (provider, example = "") =>
      `No es así como se escribe en ${provider}.${example && ` Un ejemplo: ${example}`}`,
    go: (provider) => `Continuar a ${provider}`,
    allowedBy: (app) => `${app} podrá hacer todo aquello a lo que esto da acceso.`,
    help: (provider) => `Dónde encontrarlo en ${provider}`,
    refused: (provider) =>
      `${provider} no lo acepta. Comprueba que lo has copiado entero y que sigue siendo válido.`,
    kept: ({ app, provider }) =>
      `Se pregunta una sola vez a ${provider} si es correcto y después se guarda cifrado. Nunca pasa por una página de ${app}.`,
    assurance: ({ app, provider }) =>
      `Inicias sesión en ${provider}. ${app} nunca ve tu contraseña.`,
  },
  choose: {
    title: (app) => `Conectar una cuenta con ${app}`,
    titleMore: (app) => `¿Algo más para ${app}?`,
    list: "Elige un servicio",
    connected: "Conectado ahora mismo",
    connectedAs: "Conectado:",
    done: "Listo",

    search: "Buscar por nombre",
    categories: "Tipos de servicios",
    all: "Todos",
    count: ({ count, all }) => `${count} de ${all} servicios`,
    none: "Aquí no se ofrece ningún servicio con ese nombre.",
    clear: "Mostrar todos los servicios",

    connect: (provider) => `Conectar ${provider}`,
    accountsAt: (provider) => `Tus cuentas en ${provider}`,
    broken: "Hay que volver a conectarla",
    reconnect: "Volver a conectar",
    reconnectAt: ({ account, provider }) => `Volver a conectar ${account} en ${provider}`,
    another: "Añadir otra cuenta",
    anotherAt: (provider) => `Añadir otra cuenta en ${provider}`,
  },
  categories: {
    communication: "Comunicación",
    productivity: "Productividad",
    files: "Archivos",
    developer: "Desarrollo",
    design: "Diseño",
    sales: "Ventas",
    marketing: "Marketing",
    commerce: "Tiendas",
    finance: "Finanzas",
    hr: "Recursos humanos",
    social: "Redes sociales",
    health: "Salud",
    identity: "Inicio de sesión",
  },
  back: "Atrás",
  retry: (provider) => (provider ? `Volver a intentarlo con ${provider}` : "Volver a intentarlo"),
  copy: "Copiar la dirección",
  copied: "Copiada",
  closeWindow: "Cerrar la ventana",
  canClose: "Puedes cerrar esta ventana.",

  leaving: (to) => `Te llevamos a ${to}…`,
  leavingSlow: "Está tardando más de lo normal.",
  finishing: "Terminando la conexión…",
  finishingText: "Tardará unos segundos. No cierres la ventana.",

  finished: {
    title: (provider) => `La conexión con ${provider} está lista`,
    titleAgain: (provider) => `La conexión con ${provider} se ha restablecido`,
    titleMany: (count) =>
      plurals.select(count) === "one"
        ? `${count} cuenta está conectada`
        : `${count} cuentas están conectadas`,
    account: (owner) => `Cuenta de ${owner}`,
    // Right for one account above and for several.
    to: "con conexión a",
    another: (account) => `Es una cuenta distinta de ${account}, que sigue como estaba.`,
    differs: (app) =>
      `Las direcciones no son iguales. Si no era tu intención, desconecta la cuenta en ${app}.`,
    closing: "Esta ventana se cierra sola.",
  },

  failed,

  ended,
  theApp: "la aplicación",
  offline: "No tienes conexión a Internet. Esta página continuará cuando la recuperes.",
  preview: {
    banner: "Vista previa: no se puede conectar nada",
    mark: "Vista previa",
    refused: "En la vista previa, este botón no lleva a ninguna parte.",
  },
  backTo: (app) => `Volver a ${app}`,

  openFromApp: {
    title: "Abre esta página desde la aplicación",
    text: "Esta página solo funciona si la abre una aplicación. Vuelve a la aplicación y pulsa su botón para conectar.",
  },
  sentLink: "Es posible que alguien te haya enviado este enlace. No se ha conectado nada.",
  lost: {
    title: "Vuelve al navegador y a la aplicación donde empezaste",
    text: "Esta página pertenece a un proceso que se inició en otro lugar.",
  },
  cookiesBlocked: {
    title: "Las cookies están bloqueadas",
    text: "Una cookie garantiza que nadie más pueda terminar este proceso en tu lugar. Permite las cookies para este sitio y empieza de nuevo en la aplicación.",
  },
  trouble: {
    unreachable: {
      title: "No podemos establecer la conexión",
      text: "El servicio no responde. Esta página lo sigue intentando y podrás continuar donde lo dejaste. Si tarda mucho, comprueba tu conexión a Internet.",
    },
    offline: {
      title: "No tienes conexión a Internet",
      text: "Esta página continuará por sí sola cuando recuperes la conexión. No se pierde nada.",
    },
    busy: {
      title: "Demasiado a la vez",
      text: "En este momento se están haciendo demasiados intentos, quizá por otras personas de tu red. Espera un minuto y vuelve a intentarlo.",
    },
    unexpected: {
      title: "Se ha producido un error por nuestra parte",
      text: "Vuelve a intentarlo dentro de un momento. Podrás continuar donde lo dejaste.",
    },
  },
};
