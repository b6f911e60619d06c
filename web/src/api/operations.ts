// The operations that the console calls.

import { operation } from './client.ts';

export const getSession = operation<'getSession'>('GET', '/session');
export const signIn = operation<'signIn'>('POST', '/session');
export const signOut = operation<'signOut'>('DELETE', '/session');
export const listSessions = operation<'listSessions'>('GET', '/admin/sessions');
export const endSession = operation<'endSession'>('DELETE', '/admin/sessions/{session}');

export const getHealth = operation<'getHealth'>('GET', '/admin/health');

export const getOverview = operation<'getOverview'>('GET', '/admin/overview');

export const listJobs = operation<'listJobs'>('GET', '/admin/jobs');
export const getJob = operation<'getJob'>('GET', '/admin/jobs/{job}');
export const resolveJob = operation<'resolveJob'>('POST', '/admin/jobs/{job}/resolve');

export const listCustomers = operation<'listCustomers'>('GET', '/admin/customers');
export const createCustomer = operation<'createCustomer'>('POST', '/admin/customers');
export const getCustomer = operation<'getCustomer'>('GET', '/admin/customers/{customer}');
export const changeCustomer = operation<'changeCustomer'>('PATCH', '/admin/customers/{customer}');
export const eraseCustomer = operation<'eraseCustomer'>('DELETE', '/admin/customers/{customer}');
export const getCustomerLimits = operation<'getCustomerLimits'>('GET', '/admin/customers/{customer}/limits');
export const getStatement = operation<'getStatement'>('GET', '/admin/customers/{customer}/statement');
export const listCredits = operation<'listCredits'>('GET', '/admin/customers/{customer}/credits');
export const bookCredit = operation<'bookCredit'>('POST', '/admin/customers/{customer}/credits');
export const listOwnPrices = operation<'listOwnPrices'>('GET', '/admin/customers/{customer}/prices');
export const setOwnPrice = operation<'setOwnPrice'>('PUT', '/admin/customers/{customer}/prices/{model_id}');
export const dropOwnPrice = operation<'dropOwnPrice'>(
  'DELETE',
  '/admin/customers/{customer}/prices/{model_id}',
);

export const listPlans = operation<'listPlans'>('GET', '/admin/plans');
export const createPlan = operation<'createPlan'>('POST', '/admin/plans');
export const changePlan = operation<'changePlan'>('PATCH', '/admin/plans/{plan}');
export const deletePlan = operation<'deletePlan'>('DELETE', '/admin/plans/{plan}');

export const listKeys = operation<'listKeys'>('GET', '/admin/keys');
export const issueKey = operation<'issueKey'>('POST', '/admin/customers/{customer}/keys');
export const changeKey = operation<'changeKey'>('PATCH', '/admin/keys/{key}');
export const getKeyLimits = operation<'getKeyLimits'>('GET', '/admin/keys/{key}/limits');
export const findKeyOwner = operation<'findKeyOwner'>('POST', '/admin/keys/find');
export const rotateKey = operation<'rotateKey'>('POST', '/admin/keys/{key}/rotate');
export const revokeKey = operation<'revokeKey'>('DELETE', '/admin/keys/{key}');

export const listModels = operation<'listModels'>('GET', '/admin/models');
export const tryPrice = operation<'tryPrice'>('POST', '/admin/models/quote');
export const patchModel = operation<'patchModel'>('PATCH', '/admin/models/{model_id}');
export const getSync = operation<'getSync'>('GET', '/admin/models/sync');
export const syncModels = operation<'syncModels'>('POST', '/admin/models/sync');

export const listAccounts = operation<'listAccounts'>('GET', '/admin/accounts');
export const createAccount = operation<'createAccount'>('POST', '/admin/accounts');
export const changeAccount = operation<'changeAccount'>('PATCH', '/admin/accounts/{account}');
export const deleteAccount = operation<'deleteAccount'>('DELETE', '/admin/accounts/{account}');
export const checkAccount = operation<'checkAccount'>('POST', '/admin/accounts/{account}/check');

export const reportUsage = operation<'reportUsage'>('GET', '/admin/usage');
export const listAudit = operation<'listAudit'>('GET', '/admin/audit');
export const getSettings = operation<'getSettings'>('GET', '/admin/settings');
export const getGatewayLimits = operation<'getGatewayLimits'>('GET', '/admin/settings/limits');
export const changeSettings = operation<'changeSettings'>('PATCH', '/admin/settings');
export const checkLedger = operation<'checkLedger'>('GET', '/admin/ledger/check');
