// Reads RunComfy's complaints about an input: FastAPI's `detail` with paths, a text, a list, or any of these as JSON in a
// string. No recorded answer is known, so every form that RunComfy's clients understand is read.

import { cut } from '../../lib/cut.ts';
import { isJsonObject } from '../../lib/json.ts';
import { REMOVED, withoutAddresses } from './disclosure.ts';
import { upstreamIdOf, type Answer } from './wire.ts';

/** `steps`: the names and indexes that lead to the value; empty: RunComfy named no place. `member`: the source of the message. */
export type Complaint = { steps: (string | number)[]; message: string; member: string };

const MAX_COMPLAINTS = 20;
const MAX_CHARS = 300;
const MAX_DEPTH = 6;

/** Members that may hold a message, the most precise first. */
const MEMBERS = ['detail', 'details', 'errors', 'error_message', 'message', 'msg', 'error'];

/** All complaints of an answer, in RunComfy's words. */
export function complaintsOf(body: Answer | null): Complaint[] {
  const found: Complaint[] = [];
  collect(body, { steps: [], member: '', depth: 0, found });
  return found;
}

/** The complaints for the customer: those that name a place, else the most precise; cut, and without ids and addresses. */
export function shownComplaints(complaints: Complaint[], body: Answer | null): Complaint[] {
  const placed = complaints.filter(({ steps }) => steps.length > 0);
  const chosen =
    placed.length > 0 ? placed : complaints.filter(({ member }) => member === complaints[0]?.member);
  const upstreamId = upstreamIdOf(body) ?? '';
  const clean = (text: string) =>
    withoutAddresses(upstreamId === '' ? text : text.replaceAll(upstreamId, REMOVED));
  return chosen.map(({ steps, message, member }) => ({
    steps: steps.map((step) => (typeof step === 'string' ? clean(step) : step)),
    message: cut(clean(message), MAX_CHARS),
    member,
  }));
}

type Walk = Pick<Complaint, 'steps' | 'member'> & { depth: number; found: Complaint[] };

function collect(value: unknown, walk: Walk): void {
  const { steps, member, depth, found } = walk;
  if (depth > MAX_DEPTH || found.length >= MAX_COMPLAINTS) {
    return;
  }
  const inner = { ...walk, depth: depth + 1 };
  if (typeof value === 'string') {
    const parsed = jsonIn(value);
    if (parsed !== null) {
      collect(parsed, inner);
    } else if (value.trim() !== '') {
      found.push({ steps, member, message: value.trim() });
    }
  } else if (Array.isArray(value)) {
    value.forEach((item) => collect(item, inner));
  } else if (isJsonObject(value)) {
    const place = stepsIn(value['loc']) ?? steps;
    MEMBERS.forEach((name) => collect(value[name], { ...inner, steps: place, member: name }));
  }
}

/** The object or list in a text, or null. */
function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) {
    return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** FastAPI's path starts at the whole request, where RunComfy has the inputs under `input`; a customer sends only the inputs. */
function stepsIn(loc: unknown): Complaint['steps'] | null {
  if (!Array.isArray(loc)) {
    return null;
  }
  const steps = loc.filter((step) => typeof step === 'string' || typeof step === 'number');
  const inBody = steps[0] === 'body' ? steps.slice(1) : steps;
  return inBody[0] === 'input' ? inBody.slice(1) : inBody;
}
