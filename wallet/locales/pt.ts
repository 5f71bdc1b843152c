/**
 * Every word the Wallet says, in Portuguese as written in Brazil. Knows names only as arguments, as en.ts does, and
 * gives none an article, which would have to know its gender.
 */
import { common } from "../../look/locales/pt.ts";
import type { Messages } from "./en.ts";

const The = (provider: string | undefined): string => provider ?? "Um serviço";
const the = (provider: string | undefined): string => provider ?? "um serviço";

export const words: Messages = {
  ...common,
  loading: "Carregando…",

  connections: {
    title: "Suas conexões",
    lead: "Suas contas em outros serviços e o que os aplicativos podem fazer com elas.",
    leadOf: (app) => `Suas contas em outros serviços e o que ${app} pode fazer com elas.`,
    none: {
      title: "Nada está conectado",
      text: "Assim que você conectar uma conta em um aplicativo, ela aparecerá aqui.",
    },
    app: "Aplicativo",
    connected: "Data da conexão",
    lastUsed: "Último uso",
    never: "ainda não",
    ends: "Termina",
    ended: "Data da desconexão",
    may: (app) => `${app} pode`,
    moreScopes: (count) => `Mais ${count}`,
    noScopes: ({ app, provider }) => `O que ${app} pode fazer foi combinado em ${provider}.`,
    status: {
      active: "Ativa",
      expiring: "Termina em breve",
      needs_reconnect: "Precisa ser reconectada",
      revoked: "Desconectada",
    },
    reconnect: ({ app, provider }) =>
      `No momento não está funcionando. Abra ${app} e reconecte ${provider}.`,
    renew: ({ app, provider }) => `Para mantê-la, abra ${app} e reconecte ${provider}.`,
    disconnect: "Desconectar",
    disconnectAll: {
      app: (app) => `Desconectar tudo de ${app}`,
      provider: (provider) => `Desconectar tudo em ${provider}`,
      both: ({ app, provider }) => `Desconectar tudo em ${provider} de ${app}`,
    },
  },

  ending: {
    title: (provider) => `Desconectar ${provider}?`,
    text: ({ app, provider, account }) =>
      `${app} não poderá mais usar ${account} em ${provider}. Você pode reconectar a conta em ${app}.`,
    titleAll: {
      app: (app) => `Desconectar tudo de ${app}?`,
      provider: (provider) => `Desconectar tudo em ${provider}?`,
      both: ({ app, provider }) => `Desconectar tudo em ${provider} de ${app}?`,
    },
    textAll: {
      app: (app) =>
        `${app} não poderá mais usar nenhuma das contas que você conectou. Você pode reconectá-las em ${app}.`,
      provider: (provider) =>
        `Nenhum aplicativo daqui poderá mais usar suas contas em ${provider}. Você pode reconectá-las em cada aplicativo.`,
      both: ({ app, provider }) =>
        `${app} não poderá mais usar suas contas em ${provider}. Você pode reconectá-las em ${app}.`,
    },
    delay: (time) => `Um aplicativo ainda pode ter acesso por até ${time}.`,
    confirmAll: "Desconectar tudo",
    busy: "Desconectando…",
    soFar: (count) => `Desconectadas até agora: ${count}`,
    stop: "Parar",
    close: "Fechar",
    over: "Desconexão concluída",
    stopped: "Nem tudo está desconectado",
    count: (count) => `Desconectadas: ${count}`,
    told: (count) => `O serviço foi avisado: ${count}`,
    untold: (count) => `Não foi possível avisar o serviço: ${count}`,
    shared: (count) => `Sem aviso, porque outra conexão usa a mesma conta: ${count}`,
    removeAll: "Encerre o acesso também nas configurações das suas contas nesses serviços.",
  },
  told: {
    done: (provider) => `Conta desconectada. ${provider} recebeu o aviso.`,
    failed: (provider) => `Conta desconectada aqui. Não foi possível avisar ${provider}.`,
    shared: (provider) =>
      `Conta desconectada. ${provider} não recebeu aviso, porque outra conexão usa a mesma conta.`,
    remove: ({ app, provider }) =>
      `Remova ${app} também nas configurações da sua conta em ${provider}.`,
    manage: (provider) => `Abrir as configurações em ${provider}`,
    again: (app) => `Você pode reconectar a conta em ${app}.`,
    already: "A conta já estava desconectada.",
  },

  secrets: {
    title: (app) => `Fornecido a você por ${app}`,
    note: (app) =>
      `Incluído pela equipe de ${app} para ser usado em seu nome. Só essa equipe pode retirá-lo.`,
    user: "Só para você",
    group: "Para um grupo do qual você faz parte",
    everyone: (app) => `Para todas as pessoas que usam ${app}`,
    given: "Desde",
    active: "Em vigor",
    expired: "Expirado",
  },

  activity: {
    title: "Atividade",
    lead: "O que foi feito em seu nome, primeiro o mais recente.",
    none: {
      title: "Nada aconteceu ainda",
      text: "Assim que um aplicativo usar uma das suas contas, você verá isso aqui.",
    },
    allowed: "Permitido",
    refused: "Recusado",
    because: (reason) => `Recusado: ${reason}`,
    kinds: {
      used: ({ app, provider }) => `${app} usou ${the(provider)}`,
      refused: ({ app, provider }) => `${app} quis usar ${the(provider)}`,
      connected: ({ app, provider }) => `Você conectou ${the(provider)} a ${app}`,
      reconnected: ({ app, provider }) => `Você reconectou ${the(provider)} a ${app}`,
      ended_by_provider: ({ app, provider }) => `${The(provider)} encerrou o acesso de ${app}`,
      expired: ({ app, provider }) => `O acesso de ${app} a ${the(provider)} expirou`,
    },
    revokedBy: {
      you: ({ app, provider }) => `Você desconectou ${the(provider)} de ${app}`,
      app: ({ app, provider }) => `${app} desconectou ${the(provider)}`,
      operator: ({ app, provider }) => `A equipe de ${app} desconectou ${the(provider)}`,
      identity_provider: ({ app, provider }) =>
        `${The(provider)} deixou de ter conexão com ${app} porque a sua conta foi encerrada`,
      broker: ({ app, provider }) =>
        `${The(provider)} deixou de ter conexão com ${app} automaticamente`,
    },
    revoked: ({ app, provider }) => `${The(provider)} deixou de ter conexão com ${app}`,
    reasons: {
      grant_not_found: "não há nada conectado para isso",
      ambiguous_grant: "não foi indicada qual de várias contas",
      grant_revoked: "você tinha desconectado a conta",
      credential_revoked: "o serviço tinha encerrado o acesso",
      grant_expired: "o acesso tinha expirado",
      scope_reauth_required: "não havia permissão para tanto",
      policy_violation: "uma regra do operador proíbe isso",
      host_not_allowed: "a chamada teria ido para outro endereço",
      provider_not_allowed: "o aplicativo não pode usar este serviço",
      provider_unavailable: "o serviço não respondeu",
      provider_timeout: "o serviço demorou demais",
      rate_limited: "havia chamadas demais",
      overloaded: "havia chamadas demais",
      invalid_user_token: "a sua sessão no aplicativo não era válida",
    },
    other: "a chamada não era permitida",
  },

  filter: {
    label: "Mostrar",
    app: "Aplicativo",
    allApps: "Todos os aplicativos",
    provider: "Serviço",
    allProviders: "Todos os serviços",
    unknown: "Outra coisa",
    none: "Não há nada para esta escolha.",
    clear: "Mostrar tudo",
  },
  views: "Partes desta página",
  shown: (count) => `Mostrando: ${count}`,
  more: "Mostrar mais",
  moreFailed: "Não foi possível carregar o restante. Tente novamente.",

  signOut: "Sair",
  download: {
    button: "Baixar meus dados",
    busy: "Preparando seus dados…",
    done: "Seus dados foram baixados.",
    failed: "O download não funcionou e nada foi salvo. Tente novamente.",
  },

  signedOut: {
    title: "Veja o que você conectou",
    titleOf: (app) => `Veja o que você conectou a ${app}`,
    text: "Quais das suas contas os aplicativos podem usar, o que foi feito com elas e como encerrar isso.",
    signIn: (identity_provider) => `Entrar com ${identity_provider}`,
    note: "Você entra onde sempre entra. Esta página nunca vê a sua senha.",
  },
  ended: {
    title: "A sua sessão foi encerrada",
    text: "Nada do que é seu aparece mais aqui. Entre novamente para continuar.",
  },
  left: {
    title: "Você saiu daqui",
    text: (identity_provider) =>
      `A sua sessão talvez continue aberta em ${identity_provider}. Se outras pessoas usam este navegador, saia de lá também.`,
    again: (identity_provider) => `Entrar novamente com ${identity_provider}`,
  },
  problem: {
    denied: {
      title: "A sua entrada não foi concluída",
      text: "Você ou o serviço de login recusou.",
    },
    expired: {
      title: "Demorou demais",
      text: "É preciso entrar em até dez minutos, e cada tentativa vale uma vez só. Entre novamente.",
    },
    other_browser: {
      title: "Esse login começou em outro lugar",
      text: "Ele começou em outro navegador ou em outra janela, por isso não vale aqui. Se não foi você, alguém pode ter enviado o link a você. Você pode entrar aqui.",
    },
    unavailable: {
      title: "O serviço de login não está respondendo",
      text: "Pode ser uma interrupção passageira. Tente novamente em um minuto.",
    },
    refused: {
      title: "Não foi possível entrar",
      text: "O serviço de login não informou quem você é de um jeito que valha aqui. Tente novamente.",
    },
  },
  noWallet: {
    title: "Não há nada para ver aqui",
    titleOf: (app) => `${app} não oferece esta página`,
    text: "Nenhum aplicativo oferece esta página aqui. Veja no próprio aplicativo o que você conectou.",
    textOf: (app) => `Veja diretamente em ${app} o que você conectou.`,
    all: "Mostrar todos os aplicativos",
  },
  trouble: {
    unreachable: {
      title: "Não foi possível estabelecer a conexão",
      text: "O serviço não está respondendo. Verifique sua conexão com a internet ou tente novamente daqui a pouco.",
    },
    busy: {
      title: "Coisas demais ao mesmo tempo",
      text: "Há solicitações demais no momento, talvez de outras pessoas na sua rede. Espere um minuto e tente novamente.",
    },
    unexpected: {
      title: "Algo deu errado do nosso lado",
      text: "Não foi por nada que você fez. Tente novamente daqui a pouco.",
    },
    not_signed_out: {
      title: "A sua sessão continua aberta",
      text: "Não foi possível sair. Tente novamente antes que outras pessoas usem este navegador.",
    },
  },
};
