// The states of a customer's job, in RunComfy's words.

export const REQUEST_STATES = ['in_queue', 'in_progress', 'succeeded', 'failed', 'cancelled'] as const;
