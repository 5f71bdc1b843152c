/** Every word the Wallet says, in Simplified Chinese. Knows names only as arguments, and how they stand among our letters. */
import { common, say } from "../../look/locales/zh-Hans.ts";
import type { Messages } from "./en.ts";

const the = (provider: string | undefined): string => provider ?? "某项服务";

export const words: Messages = {
  ...common,
  loading: "正在加载…",

  connections: {
    title: "您的连接",
    lead: "您在其他服务上的账号，以及应用可以用它们做什么。",
    leadOf: (app) => say`您在其他服务上的账号，以及${app}可以用它们做什么。`,
    none: {
      title: "尚未连接任何账号",
      text: "您在应用中连接账号后，就会在此处看到。",
    },
    app: "应用",
    connected: "连接时间",
    lastUsed: "上次使用",
    never: "尚未使用",
    ends: "结束时间",
    ended: "断开时间",
    may: (app) => say`${app}可以`,
    moreScopes: (count) => say`另外${count}项`,
    noScopes: ({ app, provider }) => say`${app}可以做什么，已在${provider}上约定。`,
    status: {
      active: "有效",
      expiring: "即将结束",
      needs_reconnect: "需要重新连接",
      revoked: "已断开",
    },
    reconnect: ({ app, provider }) => say`目前无法使用。请打开${app}并重新连接${provider}。`,
    renew: ({ app, provider }) => say`如需保留，请打开${app}并重新连接${provider}。`,
    disconnect: "断开连接",
    disconnectAll: {
      app: (app) => say`断开${app}的所有连接`,
      provider: (provider) => say`断开${provider}上的所有连接`,
      both: ({ app, provider }) => say`断开${app}与${provider}的所有连接`,
    },
  },

  ending: {
    title: (provider) => say`要断开${provider}吗？`,
    text: ({ app, provider, account }) =>
      say`${app}将无法再使用${provider}上的${account}。您可以在${app}中重新连接。`,
    titleAll: {
      app: (app) => say`要断开${app}的所有连接吗？`,
      provider: (provider) => say`要断开${provider}上的所有连接吗？`,
      both: ({ app, provider }) => say`要断开${app}与${provider}的所有连接吗？`,
    },
    textAll: {
      app: (app) => say`${app}将无法再使用您连接的任何账号。您可以在${app}中重新连接。`,
      provider: (provider) =>
        say`此处的任何应用都将无法再使用您的${provider}账号。您可以在各个应用中重新连接。`,
      both: ({ app, provider }) =>
        say`${app}将无法再使用您的${provider}账号。您可以在${app}中重新连接。`,
    },
    delay: (time) => say`应用可能在最多${time}内仍可访问。`,
    confirmAll: "全部断开",
    busy: "正在断开…",
    soFar: (count) => say`目前已断开：${count}个`,
    stop: "停止",
    close: "关闭",
    over: "已断开连接",
    stopped: "尚未全部断开",
    count: (count) => say`已断开：${count}个`,
    told: (count) => say`已通知服务：${count}个`,
    untold: (count) => say`未能通知服务：${count}个`,
    shared: (count) => say`因另一个连接使用同一账号而未通知：${count}个`,
    removeAll: "请同时在这些服务的账号设置中结束访问。",
  },
  told: {
    done: (provider) => say`已断开连接，并已通知${provider}。`,
    failed: (provider) => say`已在此处断开连接，但未能通知${provider}。`,
    shared: (provider) => say`已断开连接。由于另一个连接使用同一账号，未通知${provider}。`,
    remove: ({ app, provider }) => say`请同时在您的${provider}账号设置中移除${app}。`,
    manage: (provider) => say`打开${provider}的设置`,
    again: (app) => say`您可以在${app}中重新连接。`,
    already: "此连接之前已断开。",
  },

  secrets: {
    title: (app) => say`由${app}提供给您`,
    note: (app) => say`由${app}的运营方添加，用于代表您进行操作。只有他们可以收回。`,
    user: "仅供您使用",
    group: "供您所在的群组使用",
    everyone: (app) => say`供使用${app}的所有人使用`,
    given: "提供时间",
    active: "有效",
    expired: "已过期",
  },

  activity: {
    title: "活动记录",
    lead: "以您的名义进行的操作，最新的在最前面。",
    none: {
      title: "尚无任何操作",
      text: "应用使用您的账号后，您就会在此处看到。",
    },
    allowed: "已允许",
    refused: "已拒绝",
    because: (reason) => `已拒绝：${reason}`,
    kinds: {
      used: ({ app, provider }) => say`${app}使用了${the(provider)}`,
      refused: ({ app, provider }) => say`${app}想要使用${the(provider)}`,
      connected: ({ app, provider }) => say`您将${the(provider)}连接到了${app}`,
      reconnected: ({ app, provider }) => say`您将${the(provider)}重新连接到了${app}`,
      ended_by_provider: ({ app, provider }) => say`${the(provider)}结束了${app}的访问`,
      expired: ({ app, provider }) => say`${app}对${the(provider)}的访问已过期`,
    },
    revokedBy: {
      you: ({ app, provider }) => say`您断开了${app}与${the(provider)}的连接`,
      app: ({ app, provider }) => say`${app}断开了${the(provider)}`,
      operator: ({ app, provider }) => say`${app}的运营方断开了${the(provider)}`,
      identity_provider: ({ app, provider }) =>
        say`由于您的账号已关闭，${app}与${the(provider)}的连接已断开`,
      broker: ({ app, provider }) => say`${app}与${the(provider)}的连接已自动断开`,
    },
    revoked: ({ app, provider }) => say`${app}与${the(provider)}的连接已断开`,
    reasons: {
      grant_not_found: "没有相应的连接",
      ambiguous_grant: "未说明是多个账号中的哪一个",
      grant_revoked: "您已断开连接",
      credential_revoked: "服务已结束访问",
      grant_expired: "访问已过期",
      scope_reauth_required: "未授予这么多权限",
      policy_violation: "运营方的规则禁止此操作",
      host_not_allowed: "请求将发送到其他地址",
      provider_not_allowed: "应用不可使用此服务",
      provider_unavailable: "服务没有响应",
      provider_timeout: "服务的响应时间过长",
      rate_limited: "请求过多",
      overloaded: "请求过多",
      invalid_user_token: "您在应用中的会话无效",
    },
    other: "此请求未获允许",
  },

  filter: {
    label: "显示",
    app: "应用",
    allApps: "所有应用",
    provider: "服务",
    allProviders: "所有服务",
    unknown: "其他",
    none: "没有符合此选择的内容。",
    clear: "显示全部",
  },
  views: "此页面的各部分",
  shown: (count) => say`显示${count}项`,
  more: "显示更多",
  moreFailed: "未能加载其余内容。请重试。",

  signOut: "退出登录",
  download: {
    button: "下载我的数据",
    busy: "正在准备您的数据…",
    done: "您的数据已下载。",
    failed: "下载未成功，未保存任何内容。请重试。",
  },

  signedOut: {
    title: "查看您已连接的账号",
    titleOf: (app) => say`查看您已连接到${app}的账号`,
    text: "应用可以使用您的哪些账号、用它们做了什么，以及如何结束。",
    signIn: (identity_provider) => say`使用${identity_provider}登录`,
    note: "您在平时登录的地方登录。此页面绝不会看到您的密码。",
  },
  ended: {
    title: "您已退出登录",
    text: "此处不再显示您的任何内容。请重新登录以继续。",
  },
  left: {
    title: "您已在此处退出登录",
    text: (identity_provider) =>
      say`您可能仍在${identity_provider}处于登录状态。如果其他人也使用此浏览器，请在那里也退出登录。`,
    again: (identity_provider) => say`使用${identity_provider}重新登录`,
  },
  problem: {
    denied: { title: "您未登录", text: "您或登录服务拒绝了请求。" },
    expired: {
      title: "操作超时",
      text: "登录须在十分钟内完成，且仅一次有效。请重新登录。",
    },
    other_browser: {
      title: "该登录是在别处开始的",
      text: "它是在其他浏览器或窗口中开始的，因此在此处无效。如果不是您本人操作，此链接可能是他人发送给您的。您可以在此处登录。",
    },
    unavailable: {
      title: "登录服务没有响应",
      text: "该服务可能暂时不可用。请在一分钟后重试。",
    },
    refused: {
      title: "未能登录",
      text: "登录服务未以在此处有效的方式说明您是谁。请重试。",
    },
  },
  noWallet: {
    title: "此处没有可查看的内容",
    titleOf: (app) => say`${app}不提供此页面`,
    text: "此处没有应用提供此页面。请在应用中查看您已连接的账号。",
    textOf: (app) => say`请在${app}中查看您已连接的账号。`,
    all: "显示所有应用",
  },
  trouble: {
    unreachable: {
      title: "无法连接到服务",
      text: "服务没有响应。请检查您的互联网连接，或稍后重试。",
    },
    busy: {
      title: "请求过多",
      text: "目前请求过多，可能来自您所在网络中的其他人。请等待一分钟，然后重试。",
    },
    unexpected: {
      title: "我们这边出现了问题",
      text: "这不是您的操作造成的。请稍后重试。",
    },
    not_signed_out: {
      title: "您仍处于登录状态",
      text: "未能退出登录。请在其他人使用此浏览器之前重试。",
    },
  },
};
