// Response schemas of the operator's API, by operation. Only Node imports them, for the document, its types and tests.

import type { Answers } from '../../http/answers.ts';
import { auditChainView, auditEntryView } from './audit-view.ts';
import { accountView, checkedAccountView, rewrappedView } from './account-view.ts';
import { bookedCreditView, creditView } from './credit-view.ts';
import { customersView, customerView } from './customer-view.ts';
import { healthView } from './health-view.ts';
import { jobView, resolvedJobView, resolvedRangeView, wholeJobView } from './job-view.ts';
import { changedKeyView, foundKeyView, keyView, newKeyView, rotatedKeyView } from './key-view.ts';
import { ledgerCheckView } from './ledger-view.ts';
import { limitUseView } from './limit-use-view.ts';
import { changedModelView, modelView } from './model-view.ts';
import { pageView } from '../../http/page-view.ts';
import { planView } from './plan-view.ts';
import { ownPriceView } from './price-view.ts';
import type { adminRoutes } from './routes.ts';
import { overviewView } from './overview-view.ts';
import { openedSessionView } from './opened-session-view.ts';
import { settingsView } from './settings-view.ts';
import { statementView } from './statement-view.ts';
import { syncReportView, syncView } from './sync-view.ts';
import { trialView } from './trial-view.ts';
import { operatorUsageView } from './usage-view.ts';

export const adminAnswers = {
  createCustomer: customerView,
  listCustomers: pageView(customerView),
  getCustomer: customerView,
  changeCustomer: customerView,
  changeCustomers: customersView,
  eraseCustomer: customerView,
  listPlans: pageView(planView),
  createPlan: planView,
  changePlan: planView,
  deletePlan: null,
  issueKey: newKeyView,
  listKeysOfCustomer: pageView(keyView),
  listKeys: pageView(keyView),
  changeKey: changedKeyView,
  findKeyOwner: foundKeyView,
  rotateKey: rotatedKeyView,
  revokeKey: null,
  listCredits: pageView(creditView),
  bookCredit: bookedCreditView,
  listOwnPrices: pageView(ownPriceView),
  setOwnPrice: ownPriceView,
  dropOwnPrice: null,
  listModels: pageView(modelView),
  getSync: syncView,
  syncModels: syncReportView,
  tryPrice: trialView,
  putModel: changedModelView,
  patchModel: changedModelView,
  getCustomerLimits: limitUseView,
  getKeyLimits: limitUseView,
  getGatewayLimits: limitUseView,
  listJobs: pageView(jobView),
  resolveJobs: resolvedRangeView,
  resolveJob: resolvedJobView,
  getJob: wholeJobView,
  checkLedger: ledgerCheckView,
  rebuildUsage: ledgerCheckView,
  listAudit: pageView(auditEntryView),
  getAuditChain: auditChainView,
  createAccount: accountView,
  listAccounts: pageView(accountView),
  getAccount: accountView,
  changeAccount: accountView,
  deleteAccount: null,
  checkAccount: checkedAccountView,
  rewrapVault: rewrappedView,
  getHealth: healthView,
  getOverview: overviewView,
  getMetrics: null,
  getSettings: settingsView,
  changeSettings: settingsView,
  reportUsage: operatorUsageView,
  getStatement: statementView,
  listSessions: pageView(openedSessionView),
  endSession: null,
} satisfies Answers<typeof adminRoutes>;
