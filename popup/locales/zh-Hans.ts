/** Every word the page says, in Simplified Chinese. Knows names only as arguments, and how they stand among our letters. */
import { common, say } from "../../look/locales/zh-Hans.ts";
import type { Messages } from "./en.ts";

const the = (provider: string | undefined): string => provider ?? "对方服务";

const failed: Messages["failed"] = {
  access_denied: ({ provider }) => ({
    title: "未授予访问权限",
    text: say`您或管理员在${the(provider)}上拒绝了请求。您可以重试或取消。`,
  }),
  provider_refused: ({ app, provider }) => ({
    title: say`${the(provider)}拒绝了请求`,
    text: say`请重试。如果问题持续出现，${app}的运营方可以解决。`,
  }),
  provider_unavailable: ({ provider }) => ({
    title: say`${the(provider)}没有响应`,
    text: "该服务可能暂时不可用。请在一分钟后重试。",
  }),
  provider_timeout: ({ provider }) => ({
    title: say`${the(provider)}的响应时间过长`,
    text: "未能及时收到响应。请在一分钟后重试。",
  }),
  provider_reply_invalid: ({ provider }) => ({
    title: "操作未成功",
    text: say`${the(provider)}返回的响应不符合要求，因此我们停止了操作。请重试。`,
  }),
  identity_unavailable: ({ provider }) => ({
    title: "我们无法确定这是谁的账号",
    text: say`如果${the(provider)}不提供此信息，我们就不会连接账号。请重试。`,
  }),
  finishing_timed_out: () => ({
    title: "最后一步用时过长",
    text: "操作已停止，账号未连接。请重试。",
  }),
  authorization_superseded: () => ({
    title: "那是较早的一次尝试",
    text: "您之后又开始了一次新的尝试，因此较早的尝试已失效。请在此处重试。",
  }),
  authorization_expired: ({ provider }) => ({
    title: "那次尝试已过期",
    text: say`在${the(provider)}上的操作用时过长，因此已失效。请重试。`,
  }),
  unsupported_browser: ({ app, provider }) => ({
    title: say`无法在此应用中打开${the(provider)}`,
    text: say`请复制网址，在您常用的浏览器中打开，然后在${app}中重新开始。`,
  }),
  scopes_missing: ({ app, provider }) => ({
    title: "有权限未被授予",
    text: say`${app}需要在${the(provider)}上请求的全部权限才能正常使用。请重试，并授予所有权限。`,
  }),
  too_many_attempts: ({ app }) => ({
    title: "尝试次数过多",
    text: say`请返回${app}，然后从那里重新开始。`,
  }),
  unexpected: () => ({
    title: "出现问题",
    text: "这不是您的操作造成的。请稍后重试。",
  }),
};

const ended: Messages["ended"] = {
  cancelled: () => ({ title: "已取消", text: "未连接任何账号。" }),
  denied: () => ({ title: "未连接任何账号", text: "未授予访问权限。" }),
  expired: (app) => ({
    title: "操作超时",
    text: say`为了您的安全，此页面只在限定时间内开放。请返回${app}，然后重新开始。`,
  }),
  wrong_user: (app) => ({
    title: "未连接任何账号",
    text: say`请返回${app}，使用您自己的账号登录，然后重新开始。`,
  }),
  elsewhere: (app) => ({
    title: "已在别处打开",
    text: say`此页面已在另一个窗口中打开，因此这里已停止。如果那不是您本人的操作，请返回${app}，然后重新开始。`,
  }),
  over: (app) => ({
    title: "此操作已结束",
    text: say`请返回${app}查看已连接的账号，或重新开始。`,
  }),
};

export const zhHans: Messages = {
  ...common,
  pageTitle: (app) => (app ? `连接 – ${app}` : "连接"),

  loading: "请稍候…",

  identity: {
    caption: (app) => say`您登录${app}时使用的身份`,
    notYou: "不是您本人？",
  },

  requestedBy: "请求来自",
  confirm: {
    title: ({ app, provider }) => say`将${provider}连接到${app}`,
    scopes: (app) => say`${app}将能够`,
    titleAgain: ({ app, provider }) => say`将${provider}重新连接到${app}`,
    renewed: (provider) => say`请在${provider}上使用此账号登录`,
    noScopes: (provider) => say`在您同意之前，${provider}会向您显示所请求的权限。`,
    already: "已连接",
    example: (example) => `例如：${example}`,
    amiss: (provider, example = "") =>
      say`这不符合${provider}的格式。` + (example && `示例：${example}`),
    go: (provider) => say`继续前往${provider}`,
    allowedBy: (app) => say`${app}将能够执行由此获得访问权限的所有操作。`,
    help: (provider) => say`在${provider}的何处可以找到`,
    refused: (provider) => say`${provider}未接受此内容。请检查是否已完整复制，以及是否仍然有效。`,
    kept: ({ app, provider }) =>
      say`仅向${provider}核实一次是否正确，然后加密保存。它绝不会经过${app}的页面。`,
    assurance: ({ app, provider }) => say`您将在${provider}上登录。${app}绝不会看到您的密码。`,
  },
  choose: {
    title: (app) => say`将账号连接到${app}`,
    titleMore: (app) => say`还要将其他服务连接到${app}吗？`,
    list: "选择服务",
    connected: "刚刚连接",
    connectedAs: "已连接：",
    done: "完成",

    search: "按名称搜索",
    categories: "服务类别",
    all: "全部",
    count: ({ count, all }) => say`共${all}项服务，显示${count}项`,
    none: "此处没有该名称的服务。",
    clear: "显示所有服务",

    connect: (provider) => say`连接${provider}`,
    accountsAt: (provider) => say`您的${provider}账号`,
    broken: "需要重新连接",
    reconnect: "重新连接",
    reconnectAt: ({ account, provider }) => say`重新连接${provider}上的${account}`,
    another: "添加其他账号",
    anotherAt: (provider) => say`在${provider}上添加其他账号`,
  },
  categories: {
    communication: "通讯",
    productivity: "效率",
    files: "文件",
    developer: "开发",
    design: "设计",
    sales: "销售",
    marketing: "营销",
    commerce: "网店",
    finance: "财务",
    hr: "人力资源",
    social: "社交",
    health: "健康",
    identity: "登录",
  },
  back: "返回",
  retry: (provider) => (provider ? say`重试${provider}` : "重试"),
  copy: "复制网址",
  copied: "已复制",
  closeWindow: "关闭窗口",
  canClose: "您可以关闭此窗口。",

  leaving: (to) => say`正在前往${to}…`,
  leavingSlow: "用时比预期要长。",
  finishing: "正在完成连接…",
  finishingText: "这需要几秒钟。请不要关闭窗口。",

  finished: {
    title: (provider) => say`${provider}已连接`,
    titleAgain: (provider) => say`${provider}已重新连接`,
    titleMany: (count) => say`已连接${count}个账号`,
    account: (owner) => say`${owner}账号`,
    to: "已连接到",
    another: (account) => say`这个账号不是${account}，后者保持原样。`,
    differs: (app) => say`两个邮箱地址不一致。如果这不是您的本意，请在${app}中断开连接。`,
    closing: "此窗口将自动关闭。",
  },

  failed,

  ended,
  theApp: "该应用",
  offline: "您已离线。恢复联网后，此页面将继续。",
  preview: {
    banner: "预览 – 无法连接任何账号",
    mark: "预览",
    refused: "在预览中，此按钮不会跳转到任何地方。",
  },
  backTo: (app) => say`返回${app}`,

  openFromApp: {
    title: "请从应用中打开此页面",
    text: "此页面只有由应用打开时才有效。请返回应用，然后按其中的“连接”按钮。",
  },
  sentLink: "此链接可能是他人发送给您的。未连接任何账号。",
  lost: {
    title: "请返回您开始操作时所用的浏览器和应用",
    text: "此页面属于在别处开始的操作。",
  },
  cookiesBlocked: {
    title: "Cookie 已被阻止",
    text: "Cookie 用于确保其他人无法替您完成此操作。请允许此网站使用 Cookie，然后在应用中重新开始。",
  },
  trouble: {
    unreachable: {
      title: "无法连接到服务",
      text: "服务没有响应。此页面会不断尝试，您可以从中断的地方继续。如果等待时间过长，请检查您的互联网连接。",
    },
    offline: {
      title: "您已离线",
      text: "重新连接到互联网后，此页面会自动继续。不会丢失任何内容。",
    },
    busy: {
      title: "请求过多",
      text: "目前尝试次数过多，可能来自您所在网络中的其他人。请等待一分钟，然后重试。",
    },
    unexpected: {
      title: "我们这边出现了问题",
      text: "请稍后重试。您可以从中断的地方继续。",
    },
  },
};
