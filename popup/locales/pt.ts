/**
 * Every word the page says, in Portuguese as written in Brazil. Knows names only as arguments, as en.ts does, and gives
 * none an article, which would have to know its gender.
 */
import { common } from "../../look/locales/pt.ts";
import type { Ending, Failure } from "../screen.ts";
import type { Messages } from "./en.ts";

type Names = { app: string; provider: string | undefined };
type Notice = { title: string; text: string };

const plurals = new Intl.PluralRules("pt");

const The = (provider: string | undefined): string => provider ?? "O outro serviço";
const the = (provider: string | undefined): string => provider ?? "o outro serviço";
/** The preposition grows together with an article, and a name has none. */
const at = (provider: string | undefined): string =>
  provider === undefined ? "no outro serviço" : `em ${provider}`;

const failed: Record<Failure, (names: Names) => Notice> = {
  access_denied: ({ provider }) => ({
    title: "O acesso não foi concedido",
    text: `Você ou um administrador recusou o acesso ${at(provider)}. Você pode tentar novamente ou cancelar.`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: `${The(provider)} recusou a solicitação`,
    text: `Tente novamente. Se o problema continuar, a equipe de ${app} pode resolvê-lo.`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: `${The(provider)} não está respondendo`,
    text: "Pode ser uma interrupção passageira. Tente novamente em um minuto.",
  }),
  provider_timeout: ({ provider }) => ({
    title: `${The(provider)} demorou demais`,
    text: "A resposta não chegou a tempo. Tente novamente em um minuto.",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "Não funcionou",
    text: `A resposta que ${the(provider)} deu não era a esperada, por isso paramos. Tente novamente.`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "Não foi possível saber de quem é a conta",
    text: `Se ${the(provider)} não informa isso, não conectamos nenhuma conta. Tente novamente.`,
  }),
  finishing_timed_out: () => ({
    title: "A última etapa demorou demais",
    text: "Ela foi interrompida, e a conta não foi conectada. Tente novamente.",
  }),
  authorization_superseded: () => ({
    title: "Essa era uma tentativa anterior",
    text: "Depois você iniciou outra mais recente, por isso a anterior não vale mais. Tente novamente aqui.",
  }),
  authorization_expired: ({ provider }) => ({
    title: "Essa tentativa é antiga demais",
    text: `A etapa ${at(provider)} demorou demais, por isso a tentativa não vale mais. Tente novamente.`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: `${The(provider)} não abre dentro deste aplicativo`,
    text: `Copie o endereço, abra-o no seu navegador habitual e comece de novo em ${app}.`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "Faltou alguma permissão",
    text: `${app} só funciona com todas as permissões solicitadas ${at(provider)}. Tente novamente sem desmarcar nenhuma.`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "Foram tentativas demais",
    text: `Volte para ${app} e comece de novo por lá.`,
  }),
  unexpected: () => ({
    title: "Algo deu errado",
    text: "Não foi por nada que você fez. Tente novamente daqui a pouco.",
  }),
};

const ended: Record<Ending, (app: string) => Notice> = {
  cancelled: () => ({ title: "Cancelado", text: "Nada foi conectado." }),
  denied: () => ({ title: "Nada foi conectado", text: "O acesso não foi concedido." }),
  expired: (app) => ({
    title: "Demorou demais",
    text: `Para sua segurança, esta página fica aberta por tempo limitado. Volte para ${app} e comece de novo.`,
  }),
  wrong_user: (app) => ({
    title: "Nada foi conectado",
    text: `Volte para ${app}, entre com a sua própria conta e comece de novo.`,
  }),
  elsewhere: (app) => ({
    title: "Aberto em outro lugar",
    text: `Este processo foi aberto em outra janela, por isso parou aqui. Se não foi você, volte para ${app} e comece de novo.`,
  }),
  over: (app) => ({
    title: "Este processo terminou",
    text: `Volte para ${app} para ver o que está conectado ou para começar de novo.`,
  }),
};

export const pt: Messages = {
  ...common,
  pageTitle: (app) => (app ? `Conectar – ${app}` : "Conectar"),

  loading: "Um momento…",

  identity: {
    caption: (app) => `Você entrou em ${app} como`,
    notYou: "Não é você?",
  },

  requestedBy: "Solicitado por",
  confirm: {
    title: ({ app, provider }) => `Conectar ${provider} a ${app}`,
    scopes: (app) => `${app} poderá`,
    titleAgain: ({ app, provider }) => `Reconectar ${provider} a ${app}`,
    renewed: (provider) => `Entre em ${provider} com esta conta`,
    noScopes: (provider) =>
      `${provider} mostrará o que está sendo solicitado antes de você aceitar.`,
    already: "Já conectado",
    example: (example) => `por exemplo, ${example}`,
    amiss: (provider, example = "") =>
      `Não é assim que se escreve em ${provider}.${example && ` Um exemplo: ${example}`}`,
    go: (provider) => `Continuar para ${provider}`,
    allowedBy: (app) => `${app} poderá fazer tudo a que isto dá acesso.`,
    help: (provider) => `Onde encontrar isto em ${provider}`,
    refused: (provider) =>
      `${provider} não aceita isto. Verifique se foi copiado por inteiro e se ainda é válido.`,
    kept: ({ app, provider }) =>
      `${provider} é consultado uma única vez para saber se está correto, e depois isto é guardado criptografado. Nunca passa por uma página de ${app}.`,
    assurance: ({ app, provider }) => `Você faz login em ${provider}. ${app} nunca vê a sua senha.`,
  },
  choose: {
    title: (app) => `Conectar uma conta a ${app}`,
    titleMore: (app) => `Mais alguma coisa para ${app}?`,
    list: "Escolha um serviço",
    connected: "Conectado agora mesmo",
    connectedAs: "Conectado:",
    done: "Concluir",

    search: "Pesquisar por nome",
    categories: "Tipos de serviços",
    all: "Todos",
    count: ({ count, all }) => `${count} de ${all} serviços`,
    none: "Nenhum serviço com esse nome é oferecido aqui.",
    clear: "Mostrar todos os serviços",

    connect: (provider) => `Conectar ${provider}`,
    accountsAt: (provider) => `Suas contas em ${provider}`,
    broken: "Precisa ser reconectada",
    reconnect: "Reconectar",
    reconnectAt: ({ account, provider }) => `Reconectar ${account} em ${provider}`,
    another: "Adicionar outra conta",
    anotherAt: (provider) => `Adicionar outra conta em ${provider}`,
  },
  categories: {
    communication: "Comunicação",
    productivity: "Produtividade",
    files: "Arquivos",
    developer: "Desenvolvimento",
    design: "Design",
    sales: "Vendas",
    marketing: "Marketing",
    commerce: "Lojas",
    finance: "Finanças",
    hr: "Recursos humanos",
    social: "Redes sociais",
    health: "Saúde",
    identity: "Login",
  },
  back: "Voltar",
  retry: (provider) => (provider ? `Tentar novamente com ${provider}` : "Tentar novamente"),
  copy: "Copiar endereço",
  copied: "Copiado",
  closeWindow: "Fechar janela",
  canClose: "Você pode fechar esta janela.",

  leaving: (to) => `Redirecionando para ${to}…`,
  leavingSlow: "Está demorando mais do que o normal.",
  finishing: "Concluindo a conexão…",
  finishingText: "Isso leva alguns segundos. Mantenha a janela aberta.",

  finished: {
    title: (provider) => `A conexão com ${provider} está pronta`,
    titleAgain: (provider) => `A conexão com ${provider} foi restabelecida`,
    titleMany: (count) =>
      plurals.select(count) === "one"
        ? `${count} conta está conectada`
        : `${count} contas estão conectadas`,
    account: (owner) => `Conta ${owner}`,
    // Right for one account above and for several.
    to: "com conexão a",
    another: (account) => `Esta é uma conta diferente de ${account}, que continua como estava.`,
    differs: (app) =>
      `Os endereços não são iguais. Se não era essa a sua intenção, desconecte a conta em ${app}.`,
    closing: "Esta janela se fecha sozinha.",
  },

  failed,

  ended,
  theApp: "o aplicativo",
  offline: "Você está offline. Esta página continuará quando a conexão voltar.",
  preview: {
    banner: "Prévia – nada pode ser conectado",
    mark: "Prévia",
    refused: "Na prévia, este botão não leva a lugar nenhum.",
  },
  backTo: (app) => `Voltar para ${app}`,

  openFromApp: {
    title: "Abra esta página pelo aplicativo",
    text: "Esta página só funciona quando um aplicativo a abre. Volte para o aplicativo e clique no botão de conectar.",
  },
  sentLink: "Alguém pode ter enviado este link a você. Nada foi conectado.",
  lost: {
    title: "Volte para o navegador e o aplicativo em que você começou",
    text: "Esta página faz parte de um processo iniciado em outro lugar.",
  },
  cookiesBlocked: {
    title: "Os cookies estão bloqueados",
    text: "Um cookie garante que mais ninguém possa concluir este processo em seu lugar. Permita cookies para este site e comece de novo no aplicativo.",
  },
  trouble: {
    unreachable: {
      title: "Não foi possível estabelecer a conexão",
      text: "O serviço não está respondendo. Esta página continua tentando, e você poderá retomar de onde parou. Se demorar muito, verifique sua conexão com a internet.",
    },
    offline: {
      title: "Você está offline",
      text: "Esta página continuará sozinha quando a conexão com a internet voltar. Nada se perde.",
    },
    busy: {
      title: "Coisas demais ao mesmo tempo",
      text: "Há tentativas demais no momento, talvez de outras pessoas na sua rede. Espere um minuto e tente novamente.",
    },
    unexpected: {
      title: "Algo deu errado do nosso lado",
      text: "Tente novamente daqui a pouco. Você poderá retomar de onde parou.",
    },
  },
};
