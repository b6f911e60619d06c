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
       * What a submit reserves.
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
   * List the models that your key may use, with your prices
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
   * Read a model with its input schema and your price
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
   * Submit a job
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
   * Read the state of a job
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
   * Read the result of a job, or its state before the end
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
   * Cancel a job that waits in the queue
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
   * Check and price an input without spending anything
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
   * Upload a picture, a video or a sound; the answer has its URL, for inputs of models
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
   * Read your key, its limits, and how much of them is left
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
   * What you pay for a unit.
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
   * What you pay, with ?include_cost=true.
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
   * For inputs of models and for pages: whoever has it reads the file.
   */
  url: string;
  /**
   * As the first bytes of the file say.
   */
  content_type: string;
  bytes: number;
  /**
   * In pixels; absent where it is no image, or one that was not measured.
   */
  width?: number;
  /**
   * In pixels; absent where it is no image, or one that was not measured.
   */
  height?: number;
  /**
   * From then on the file is gone.
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
   * Ids, and prefixes such as bytedance/*; null: all that are offered.
   */
  models: string[] | null;
  expires_at: string | null;
  /**
   * The limits of this key and of its customer; of a browser token its own alone.
   */
  limits: LimitUsage[];
  /**
   * What is left of a prepaid balance, open holds included.
   */
  balance_usd?: number;
  /**
   * Open holds, which become charges or are released. balance_usd − held_usd may be spent.
   */
  held_usd?: number;
}
export interface LimitUsage {
  /**
   * Whose limit it is: customer, key, token; of an adjustment, job.
   */
  scope: string;
  name: string;
  max: number;
  used: number;
  left: number;
  /**
   * When there is room again; absent where time alone does not help.
   */
  resets_at?: string;
}
/**
 * A refusal (RFC 9457), with the two members that RunComfy uses.
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
