// /admin/plans: named sets of limits, mark-up and models for customers.

import * as z from 'zod/mini';
import { changePlan, createPlan, deletePlan } from '../../features/plans/change.ts';
import { listPlans } from '../../features/plans/list.ts';
import type { ListedPlan, PlanPatch } from '../../features/plans/store.ts';
import { showLimits } from '../../http/limits.ts';
import { limitsMember } from '../../http/limits-member.ts';
import { markupFactor } from '../../http/markup.ts';
import { modelPattern } from '../../http/model-pattern.ts';
import { pageAfter, paging, placeOf, showInstant, showPage } from '../../http/paging.ts';
import { route } from '../../http/route.ts';
import { shortName } from '../../http/text-schema.ts';
import type { PlanView } from './plan-view.ts';

const terms = {
  limits: z.optional(limitsMember),
  markup: z.nullish(markupFactor),
  models: z.nullish(z.array(modelPattern).check(z.maxLength(200))),
};

const newPlan = z.strictObject({ name: shortName, ...terms });
const planPatch = z.strictObject({ name: z.optional(shortName), ...terms });

export const planRoutes = {
  listPlans: route({
    method: 'GET',
    path: '/admin/plans',
    door: 'admin',
    summary: 'List plans, oldest first.',
    query: z.strictObject(paging),
    refusals: [],
    run: async ({ runtime, query }) =>
      showPage(await listPlans(runtime, pageAfter(query)), query.limit, { show: showPlan, place: placeOf }),
  }),
  createPlan: route({
    method: 'POST',
    path: '/admin/plans',
    door: 'admin',
    summary: 'Create a plan. Its limits, mark-up and models apply to every customer on it.',
    body: newPlan,
    status: 201,
    refusals: ['conflict'],
    audit: 'plan.create',
    run: async ({ runtime, body, creation }) =>
      showPlan(await createPlan(runtime, { ...patchOf(body), name: body.name }, creation)),
  }),
  changePlan: route({
    method: 'PATCH',
    path: '/admin/plans/{plan}',
    door: 'admin',
    summary: 'Update a plan. The change applies to its customers from their next submit.',
    body: planPatch,
    refusals: ['not_found', 'conflict'],
    audit: 'plan.change',
    run: async ({ runtime, params: { plan }, body, change }) =>
      showPlan(await changePlan(runtime, plan, { patch: patchOf(body), change: change(plan) })),
  }),
  deletePlan: route({
    method: 'DELETE',
    path: '/admin/plans/{plan}',
    door: 'admin',
    summary: 'Delete a plan that has no customers.',
    status: 204,
    refusals: ['not_found', 'conflict'],
    audit: 'plan.delete',
    async run({ runtime, params: { plan }, change }) {
      await deletePlan(runtime, plan, change(plan));
      return null;
    },
  }),
};

function patchOf({ markup: markupE4, ...rest }: z.output<typeof planPatch>): PlanPatch {
  return { ...rest, markupE4 };
}

function showPlan({ id, name, limits, markupE4, models, customers, createdAtMs }: ListedPlan): PlanView {
  return {
    id,
    name,
    limits: showLimits(limits),
    markup: markupE4 === null ? null : markupE4 / 10_000,
    models,
    customers,
    created_at: showInstant(createdAtMs),
  };
}
