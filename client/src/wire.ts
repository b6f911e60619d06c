/* Made from the routes by npm run openapi. */

export type Estimate =
  | {
      model_id: string;
      estimate: 'exact';
      amount_usd: number;
      currency: 'USD';
    }
  | {
      model_id: string;
      estimate: 'range';
      min_usd: number;
      /**
       * The amount that a submit holds.
       */
      max_usd: number;
      currency: 'USD';
    }
  | {
      model_id: string;
      estimate: 'unknown';
      reason: string;
    };

export interface Operations {
  /**
   * List the models that your key can use, with your prices.
   */
  listOfferedModels: {
    method: 'GET';
    path: '/v1/models';
    query: {
      search?: string;
      category?: string;
      kind?: string;
      include_schema?: string;
      limit?: number;
      offset?: number;
    };
    answer: {
      models: CatalogueModel[];
      total: number;
      limit: number;
      offset: number;
    };
  };
  /**
   * Get a model with its input schema and your price.
   */
  getOfferedModel: {
    method: 'GET';
    path: '/v1/models/{model_id}';
    params: {
      model_id: string;
    };
    answer: CatalogueModel;
  };
  /**
   * Submit exactly as you would to RunComfy; only host and token differ.
   */
  submit: {
    method: 'POST';
    path: '/v1/models/{model_id}';
    params: {
      model_id: string;
    };
    headers: {
      'Idempotency-Key'?: string;
    };
    /**
     * The model's inputs, by name.
     */
    body: {
      [k: string]: unknown;
    };
    answer: Submitted;
  };
  /**
   * Get the status of a job.
   */
  getStatus: {
    method: 'GET';
    path: '/v1/requests/{request_id}/status';
    params: {
      request_id: string;
    };
    answer: Status;
  };
  /**
   * Get the result of a job, or its status before the job ends.
   */
  getResult: {
    method: 'GET';
    path: '/v1/requests/{request_id}/result';
    params: {
      request_id: string;
    };
    query: {
      include_cost?: string;
    };
    answer: Result;
  };
  /**
   * Cancel a job that is still in the queue.
   */
  cancelJob: {
    method: 'POST';
    path: '/v1/requests/{request_id}/cancel';
    params: {
      request_id: string;
    };
    answer: Cancelled;
  };
  /**
   * Check an input and get its price. Nothing is spent.
   */
  estimate: {
    method: 'POST';
    path: '/v1/estimate/{model_id}';
    params: {
      model_id: string;
    };
    /**
     * The model's inputs, by name.
     */
    body: {
      [k: string]: unknown;
    };
    answer: Estimate;
  };
  /**
   * Upload an image, a video or an audio file. Use the URL in the response as a model input.
   */
  uploadFile: {
    method: 'POST';
    path: '/v1/files';
    query: {
      filename?: string;
    };
    answer: File;
  };
  /**
   * Get your key, its limits and what is left of them.
   */
  getOwnKey: {
    method: 'GET';
    path: '/v1/key';
    answer: OwnKey;
  };
}
export interface CatalogueModel {
  model_id: string;
  display_name: string;
  description: string;
  categories: string[];
  kind: string;
  /**
   * Your price per unit.
   */
  base_price_usd?: number;
  price_unit?: string;
  pricing_note?: string;
  model_url?: string;
  inputs: string[];
  required_inputs: string[];
  input_schema?: {
    [k: string]: unknown;
  };
}
export interface Submitted {
  request_id: string;
  status_url: string;
  result_url: string;
  cancel_url: string;
}
export interface Status {
  request_id: string;
  status: 'in_queue' | 'in_progress' | 'completed' | 'cancelled';
  queue_position?: number;
  status_url: string;
  result_url: string;
}
export interface Result {
  request_id: string;
  status: 'in_queue' | 'in_progress' | 'succeeded' | 'completed' | 'failed' | 'cancelled';
  output?: unknown;
  error?: unknown;
  /**
   * Your charge, with ?include_cost=true.
   */
  cost?: number;
  model_id?: string;
  input?: unknown;
  created_at?: string;
  finished_at?: string;
}
export interface Cancelled {
  request_id: string;
  status: 'in_queue' | 'in_progress' | 'completed' | 'cancelled';
  outcome: 'cancelled' | 'not_cancellable';
}
export interface File {
  id: string;
  /**
   * Use it as a model input or in a page. Anyone who has the URL can read the file.
   */
  url: string;
  /**
   * Detected from the first bytes of the file.
   */
  content_type: string;
  bytes: number;
  /**
   * In pixels. Absent for files that are not images, and for images whose size could not be read.
   */
  width?: number;
  /**
   * In pixels. Absent for files that are not images, and for images whose size could not be read.
   */
  height?: number;
  /**
   * When the file is deleted.
   */
  expires_at: string;
}
export interface OwnKey {
  id: string;
  name: string;
  /**
   * The first characters of the key.
   */
  hint: string;
  kind: 'secret' | 'browser';
  /**
   * Model ids, and prefixes such as bytedance/*. null: every model on offer.
   */
  models: string[] | null;
  expires_at: string | null;
  /**
   * The limits of this key and of its customer. For a browser token, only its own limits.
   */
  limits: LimitUsage[];
  /**
   * The prepaid balance. It includes the amount of open holds.
   */
  balance_usd?: number;
  /**
   * The amount of open holds. Each becomes a charge or is released. You can spend balance_usd − held_usd.
   */
  held_usd?: number;
}
export interface LimitUsage {
  /**
   * What the limit belongs to: customer, key or token; for an adjustment, job.
   */
  scope: string;
  name: string;
  max: number;
  used: number;
  left: number;
  /**
   * When the limit resets. Absent if it does not reset with time.
   */
  resets_at?: string;
}
/**
 * An error (RFC 9457), with the two members that RunComfy uses.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  trace_id: string;
  error_code: number;
  error_message: string;
  errors?: {
    path: string;
    rule: string;
    message: string;
    allowed?: unknown;
    sent?: unknown;
  }[];
  limit?: LimitUsage;
  request_id?: string;
}

export type ProblemCode =
  | 'body_stalled'
  | 'body_too_large'
  | 'concurrency_limit'
  | 'customer_suspended'
  | 'files_limit'
  | 'files_off'
  | 'gateway_busy'
  | 'gateway_limit'
  | 'idempotency_mismatch'
  | 'insufficient_balance'
  | 'internal'
  | 'invalid_input'
  | 'invalid_key'
  | 'invalid_parameter'
  | 'job_not_found'
  | 'key_in_page'
  | 'length_mismatch'
  | 'length_required'
  | 'lora_not_allowed'
  | 'malformed_body'
  | 'method_not_allowed'
  | 'misconfigured'
  | 'model_not_allowed'
  | 'model_unavailable'
  | 'model_unpriced'
  | 'origin_not_allowed'
  | 'outcome_unknown'
  | 'outcomes_unknown'
  | 'rate_limited'
  | 'request_in_flight'
  | 'request_limit'
  | 'spend_limit'
  | 'storage_unavailable'
  | 'submit_timeout'
  | 'submits_off'
  | 'unknown_model'
  | 'unknown_route'
  | 'unsupported_file'
  | 'unsupported_media_type'
  | 'upstream_busy'
  | 'upstream_unavailable';
