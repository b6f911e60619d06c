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
export type PriceTrial =
  | {
      unit_usd: number;
      /**
       * What the charge of a success is based on. A range is always charged by the reported cost.
       */
      charge: 'estimate' | 'cost';
      /**
       * The lowest charge of a success. Equal to estimate_usd where the price is exact.
       */
      least_usd: number;
      estimate_usd: number;
      /**
       * The amount that a submit holds. No charge is higher.
       */
      hold_usd: number;
      /**
       * The calculation, from the list price to the charge.
       */
      steps: {
        name: 'unit' | 'quantity' | 'factor' | 'add' | 'estimate' | 'hold' | 'charge';
        sum: string;
        /**
         * null: the step has no amount.
         */
        usd: number | null;
      }[];
    }
  | {
      /**
       * Why no amount can be calculated.
       */
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
   * List the categories of the models that your key can use.
   */
  listCategories: {
    method: 'GET';
    path: '/v1/models/categories';
    answer: {
      categories: string[];
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
   * Get what you can still spend.
   */
  getBalance: {
    method: 'GET';
    path: '/prod/v2/balance';
    answer: Balance;
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
   * List your files, newest first.
   */
  listFiles: {
    method: 'GET';
    path: '/v1/files';
    query: {
      limit?: number;
      cursor?: string;
    };
    answer: {
      items: File[];
      next_cursor: string | null;
    };
  };
  /**
   * Delete a file.
   */
  deleteFile: {
    method: 'DELETE';
    path: '/v1/files/{file}';
    params: {
      file: string;
    };
    answer: null;
  };
  /**
   * Get your key, its limits and what is left of them.
   */
  getOwnKey: {
    method: 'GET';
    path: '/v1/key';
    answer: OwnKey;
  };
  /**
   * Replace your key. Both keys work until the grace period ends. The new key is shown only in this response.
   */
  rotateOwnKey: {
    method: 'POST';
    path: '/v1/keys/rotate';
    body: {
      grace_seconds?: number;
    };
    answer: RotatedKey;
  };
  /**
   * Get a model as an OpenAPI document, with its inputs and your price.
   */
  getModelOpenapi: {
    method: 'GET';
    path: '/v1/models/{model_id}/openapi.json';
    params: {
      model_id: string;
    };
    answer: OpenapiDocument;
  };
  /**
   * List your jobs, newest first, with the cost of each and the reason.
   */
  listRequests: {
    method: 'GET';
    path: '/v1/requests';
    query: {
      limit?: number;
      cursor?: string;
      state?: 'in_queue' | 'in_progress' | 'succeeded' | 'failed' | 'cancelled';
      model?: string;
      end_user?: string;
      from?: string;
      to?: string;
    };
    answer: {
      items: OwnRequest[];
      next_cursor: string | null;
    };
  };
  /**
   * Get the cost of a job and the reason.
   */
  getRequest: {
    method: 'GET';
    path: '/v1/requests/{request_id}';
    params: {
      request_id: string;
    };
    answer: OwnRequest;
  };
  /**
   * Create a browser token. The token is shown only in this response.
   */
  mintToken: {
    method: 'POST';
    path: '/v1/tokens';
    body: {
      /**
       * @minItems 1
       * @maxItems 100
       */
      models: [string, ...string[]];
      expires_in?: number;
      max_requests?: number;
      max_spend_usd?: number;
      max_concurrent?: number;
      max_files_bytes?: number;
      /**
       * @minItems 1
       * @maxItems 20
       */
      origins?:
        | [string]
        | [string, string]
        | [string, string, string]
        | [string, string, string, string]
        | [string, string, string, string, string]
        | [string, string, string, string, string, string]
        | [string, string, string, string, string, string, string]
        | [string, string, string, string, string, string, string, string]
        | [string, string, string, string, string, string, string, string, string]
        | [string, string, string, string, string, string, string, string, string, string]
        | [string, string, string, string, string, string, string, string, string, string, string]
        | [string, string, string, string, string, string, string, string, string, string, string, string]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ]
        | [
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string,
            string
          ];
      end_user?: string;
      see?: 'own' | 'end_user';
    };
    answer: NewToken;
  };
  /**
   * List the browser tokens created with your key, newest first.
   */
  listTokens: {
    method: 'GET';
    path: '/v1/tokens';
    query: {
      limit?: number;
      cursor?: string;
      end_user?: string;
      status?: 'active' | 'revoked' | 'expired';
    };
    answer: {
      items: Token[];
      next_cursor: string | null;
    };
  };
  /**
   * Revoke a browser token.
   */
  revokeToken: {
    method: 'DELETE';
    path: '/v1/tokens/{token}';
    params: {
      token: string;
    };
    answer: null;
  };
  /**
   * Get what your jobs were charged in a period.
   */
  reportOwnUsage: {
    method: 'GET';
    path: '/v1/usage';
    query: {
      from?: string;
      to?: string;
      group_by?: string;
      format?: 'json' | 'csv';
    };
    answer: {
      /**
       * Bookings from `from` (inclusive) to `to` (exclusive).
       */
      from: string;
      /**
       * The end of the period (exclusive).
       */
      to: string;
      items: {
        customer?: string;
        key?: string;
        model_id?: string;
        day?: string;
        /**
         * Rows grouped by end user omit jobs without an end user.
         */
        end_user?: string;
        jobs: number;
        succeeded: number;
        failed: number;
        cancelled: number;
        charged_usd: number;
        adjusted_usd: number;
      }[];
      total: {
        jobs: number;
        succeeded: number;
        failed: number;
        cancelled: number;
        charged_usd: number;
        adjusted_usd: number;
      };
      /**
       * Open holds now, independent of the period.
       */
      open: {
        jobs: number;
        held_usd: number;
      };
    };
  };
  /**
   * Get an uploaded file, or a range of it.
   */
  getFile: {
    method: 'GET';
    path: '/files/{secret}/{name}';
    params: {
      secret: string;
      name: string;
    };
    answer: null;
  };
  /**
   * Get links to the documentation and to the first calls.
   */
  welcome: {
    method: 'GET';
    path: '/';
    answer: Welcome;
  };
  /**
   * Get the customer API as an OpenAPI document.
   */
  getOpenapi: {
    method: 'GET';
    path: '/openapi.json';
    answer: OpenapiDocument;
  };
  /**
   * Create a customer.
   */
  createCustomer: {
    method: 'POST';
    path: '/admin/customers';
    body: {
      name: string;
      external_id?: string | null;
      markup?: number | null;
      prepaid?: boolean;
      limits?: LimitsPatch | null;
      /**
       * @maxItems 500
       */
      loras?: string[];
      account?: string | null;
      plan?: string | null;
    };
    answer: Customer;
  };
  /**
   * List customers, oldest first unless `order` is set.
   */
  listCustomers: {
    method: 'GET';
    path: '/admin/customers';
    query: {
      limit?: number;
      cursor?: string;
      order?: 'oldest' | 'newest' | 'name' | 'name_desc';
      id?: string;
      external_id?: string;
      search?: string;
      status?: 'active' | 'suspended' | 'erasing' | 'erased';
      plan?: string;
      with?: string;
    };
    answer: {
      items: Customer[];
      next_cursor: string | null;
    };
  };
  /**
   * Apply one update to up to 500 customers: to all of them, or to none.
   */
  changeCustomers: {
    method: 'PATCH';
    path: '/admin/customers';
    body: {
      /**
       * @minItems 1
       * @maxItems 500
       */
      ids: [string, ...string[]];
      patch: {
        markup?: number | null;
        prepaid?: boolean;
        limits?: LimitsPatch | null;
        /**
         * @maxItems 500
         */
        loras?: string[];
        account?: string | null;
        plan?: string | null;
        status?: 'active' | 'suspended';
      };
    };
    answer: {
      items: Customer[];
    };
  };
  /**
   * Get a customer.
   */
  getCustomer: {
    method: 'GET';
    path: '/admin/customers/{customer}';
    params: {
      customer: string;
    };
    answer: Customer;
  };
  /**
   * Update a customer.
   */
  changeCustomer: {
    method: 'PATCH';
    path: '/admin/customers/{customer}';
    params: {
      customer: string;
    };
    body: {
      name?: string;
      external_id?: string | null;
      markup?: number | null;
      prepaid?: boolean;
      limits?: LimitsPatch | null;
      /**
       * @maxItems 500
       */
      loras?: string[];
      account?: string | null;
      plan?: string | null;
      status?: 'active' | 'suspended';
    };
    answer: Customer;
  };
  /**
   * Erase a customer: the name at once, everything else by the cron. The ledger keeps the id.
   */
  eraseCustomer: {
    method: 'DELETE';
    path: '/admin/customers/{customer}';
    params: {
      customer: string;
    };
    query: {
      force?: string;
    };
    answer: Customer;
  };
  /**
   * Get the current usage of a customer's limits.
   */
  getCustomerLimits: {
    method: 'GET';
    path: '/admin/customers/{customer}/limits';
    params: {
      customer: string;
    };
    answer: LimitUse;
  };
  /**
   * Create a key. The key is shown only in this response.
   */
  issueKey: {
    method: 'POST';
    path: '/admin/customers/{customer}/keys';
    params: {
      customer: string;
    };
    body: {
      name: string;
      models?: string[] | null;
      limits?: LimitsPatch | null;
      expires_at?: string | null;
    };
    answer: {
      id: string;
      customer: string;
      kind: 'secret' | 'browser';
      /**
       * The secret key that created this browser token.
       */
      parent: string | null;
      /**
       * The key that this one replaced by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: every model.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that can use the browser token. null: every page.
       */
      origins: string[] | null;
      /**
       * The customer's end user that the browser token belongs to.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * Accurate to an hour. null: never used.
       */
      last_used_at: string | null;
      created_at: string;
      /**
       * The key. It is shown only in this response.
       */
      key: string;
      warnings?: string[];
    };
  };
  /**
   * List the keys of a customer, oldest first.
   */
  listKeysOfCustomer: {
    method: 'GET';
    path: '/admin/customers/{customer}/keys';
    params: {
      customer: string;
    };
    query: {
      limit?: number;
      cursor?: string;
    };
    answer: {
      items: Key[];
      next_cursor: string | null;
    };
  };
  /**
   * List the keys of all customers, or the browser tokens of one key. Oldest first, unless `order` is newest.
   */
  listKeys: {
    method: 'GET';
    path: '/admin/keys';
    query: {
      limit?: number;
      cursor?: string;
      order?: 'oldest' | 'newest';
      id?: string;
      hint?: string;
      customer?: string;
      parent?: string;
      status?: 'active' | 'revoked' | 'expired';
    };
    answer: {
      items: Key[];
      next_cursor: string | null;
    };
  };
  /**
   * Update a key. Keys that replaced each other by rotation share one set of limits.
   */
  changeKey: {
    method: 'PATCH';
    path: '/admin/keys/{key}';
    params: {
      key: string;
    };
    body: {
      name?: string;
      models?: string[] | null;
      limits?: LimitsPatch | null;
      expires_at?: string | null;
    };
    answer: {
      id: string;
      customer: string;
      kind: 'secret' | 'browser';
      /**
       * The secret key that created this browser token.
       */
      parent: string | null;
      /**
       * The key that this one replaced by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: every model.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that can use the browser token. null: every page.
       */
      origins: string[] | null;
      /**
       * The customer's end user that the browser token belongs to.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * Accurate to an hour. null: never used.
       */
      last_used_at: string | null;
      created_at: string;
      warnings?: string[];
    };
  };
  /**
   * Revoke a key, its successors and every browser token created with them.
   */
  revokeKey: {
    method: 'DELETE';
    path: '/admin/keys/{key}';
    params: {
      key: string;
    };
    answer: null;
  };
  /**
   * Get the current usage of a key's limits, rotated keys included.
   */
  getKeyLimits: {
    method: 'GET';
    path: '/admin/keys/{key}/limits';
    params: {
      key: string;
    };
    answer: LimitUse;
  };
  /**
   * Find the owner of a key by its text, its last use and its spending. The text is not stored.
   */
  findKeyOwner: {
    method: 'POST';
    path: '/admin/keys/find';
    body: {
      key: string;
    };
    answer: {
      id: string;
      customer: string;
      kind: 'secret' | 'browser';
      /**
       * The secret key that created this browser token.
       */
      parent: string | null;
      /**
       * The key that this one replaced by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: every model.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that can use the browser token. null: every page.
       */
      origins: string[] | null;
      /**
       * The customer's end user that the browser token belongs to.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * Accurate to an hour. null: never used.
       */
      last_used_at: string | null;
      created_at: string;
      /**
       * Jobs of the last 24 hours, their charges and open holds. complete is false if there are more jobs than were counted.
       */
      last_day: {
        jobs: number;
        spent_usd: number;
        complete: boolean;
      };
      /**
       * The call that revokes the key. null: the key is revoked.
       */
      revoke: string | null;
    };
  };
  /**
   * Replace a key. Both keys work until the grace period ends and share their limits. The new key is shown only in this response.
   */
  rotateKey: {
    method: 'POST';
    path: '/admin/keys/{key}/rotate';
    params: {
      key: string;
    };
    body: {
      grace_seconds?: number;
    };
    answer: {
      id: string;
      customer: string;
      kind: 'secret' | 'browser';
      /**
       * The secret key that created this browser token.
       */
      parent: string | null;
      /**
       * The key that this one replaced by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: every model.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that can use the browser token. null: every page.
       */
      origins: string[] | null;
      /**
       * The customer's end user that the browser token belongs to.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * Accurate to an hour. null: never used.
       */
      last_used_at: string | null;
      created_at: string;
      /**
       * The new key. It is shown only in this response.
       */
      key: string;
      old: {
        id: string;
        expires_at: string | null;
      };
    };
  };
  /**
   * List a customer's credits and adjustments, newest first.
   */
  listCredits: {
    method: 'GET';
    path: '/admin/customers/{customer}/credits';
    params: {
      customer: string;
    };
    query: {
      limit?: number;
      cursor?: string;
    };
    answer: {
      items: Credit[];
      next_cursor: string | null;
    };
  };
  /**
   * Book a credit, or adjust the charge of a job.
   */
  bookCredit: {
    method: 'POST';
    path: '/admin/customers/{customer}/credits';
    params: {
      customer: string;
    };
    headers: {
      'Idempotency-Key'?: string;
    };
    body: {
      amount_usd: number;
      note: string;
      job?: string | null;
      force?: boolean;
    };
    answer: {
      id: string;
      /**
       * A negative amount takes money back.
       */
      amount_usd: number;
      /**
       * null: the note was erased.
       */
      note: string | null;
      job: string | null;
      created_at: string;
      balance_usd: number;
    };
  };
  /**
   * List plans, oldest first.
   */
  listPlans: {
    method: 'GET';
    path: '/admin/plans';
    query: {
      limit?: number;
      cursor?: string;
    };
    answer: {
      items: Plan[];
      next_cursor: string | null;
    };
  };
  /**
   * Create a plan. Its limits, mark-up and models apply to every customer on it.
   */
  createPlan: {
    method: 'POST';
    path: '/admin/plans';
    body: {
      name: string;
      limits?: LimitsPatch | null;
      markup?: number | null;
      models?: string[] | null;
    };
    answer: Plan;
  };
  /**
   * Update a plan. The change applies to its customers from their next submit.
   */
  changePlan: {
    method: 'PATCH';
    path: '/admin/plans/{plan}';
    params: {
      plan: string;
    };
    body: {
      name?: string;
      limits?: LimitsPatch | null;
      markup?: number | null;
      models?: string[] | null;
    };
    answer: Plan;
  };
  /**
   * Delete a plan that has no customers.
   */
  deletePlan: {
    method: 'DELETE';
    path: '/admin/plans/{plan}';
    params: {
      plan: string;
    };
    answer: null;
  };
  /**
   * List a customer's own prices, by model id.
   */
  listOwnPrices: {
    method: 'GET';
    path: '/admin/customers/{customer}/prices';
    params: {
      customer: string;
    };
    query: {
      limit?: number;
      cursor?: string;
    };
    answer: {
      items: OwnPrice[];
      next_cursor: string | null;
    };
  };
  /**
   * Set a customer's own price for a unit of a model.
   */
  setOwnPrice: {
    method: 'PUT';
    path: '/admin/customers/{customer}/prices/{model_id}';
    params: {
      customer: string;
      model_id: string;
    };
    body: {
      usd: number;
    };
    answer: OwnPrice;
  };
  /**
   * Delete a customer's own price. The customer pays list price × mark-up again.
   */
  dropOwnPrice: {
    method: 'DELETE';
    path: '/admin/customers/{customer}/prices/{model_id}';
    params: {
      customer: string;
      model_id: string;
    };
    answer: null;
  };
  /**
   * List the models of the catalogue, by id.
   */
  listModels: {
    method: 'GET';
    path: '/admin/models';
    query: {
      limit?: number;
      cursor?: string;
      id?: string;
      search?: string;
      offered?: 'true' | 'false';
      priced?: 'true' | 'false';
      source?: 'builtin' | 'operator' | 'sync';
    };
    answer: {
      items: Model[];
      next_cursor: string | null;
    };
  };
  /**
   * Get the result of the last catalogue sync and the progress of a running one.
   */
  getSync: {
    method: 'GET';
    path: '/admin/models/sync';
    answer: {
      last: SyncReport | null;
      running: {
        started_at: string;
        models: number;
        of: number;
      } | null;
      next_at: string | null;
    };
  };
  /**
   * Sync with RunComfy's catalogue now, and accept changes that wait for a decision.
   */
  syncModels: {
    method: 'POST';
    path: '/admin/models/sync';
    body: {
      accept?: 'all' | string[];
    };
    answer: SyncReport;
  };
  /**
   * Calculate the cost of an input with a price that you send. Nothing is changed.
   */
  tryPrice: {
    method: 'POST';
    path: '/admin/models/quote';
    body: {
      model_id: string;
      input: {
        [k: string]: unknown;
      };
      price?: {
        usd: number;
        unit: 'output' | 'image' | 'second' | 'minute';
        quantity?: string;
        max_quantity?: number;
        factors?: {
          [k: string]: {
            [k: string]: number;
          };
        };
        /**
         * @minItems 1
         * @maxItems 20
         */
        adds?:
          | [
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ];
        hold_factor?: number;
      } | null;
      charge?: ('estimate' | 'cost') | null;
      markup?: number | null;
      customer?: string | null;
    };
    answer: PriceTrial;
  };
  /**
   * Create or replace a model.
   */
  putModel: {
    method: 'PUT';
    path: '/admin/models/{model_id}';
    params: {
      model_id: string;
    };
    body: {
      input_schema?: {
        [k: string]: unknown;
      };
      display_name?: string;
      description?: string;
      /**
       * @maxItems 50
       */
      categories?: string[];
      price?: {
        usd: number;
        unit: 'output' | 'image' | 'second' | 'minute';
        quantity?: string;
        max_quantity?: number;
        factors?: {
          [k: string]: {
            [k: string]: number;
          };
        };
        /**
         * @minItems 1
         * @maxItems 20
         */
        adds?:
          | [
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ];
        hold_factor?: number;
      } | null;
      charge?: 'estimate' | 'cost';
      validation?: 'enforce' | 'advise' | 'off';
      media?: 'enforce' | 'advise' | 'off';
      alias_of?: string | null;
      offered?: boolean;
    };
    answer: {
      id: string;
      display_name: string;
      description: string;
      categories: string[];
      kind: string;
      input_schema: {
        [k: string]: unknown;
      };
      /**
       * null: the model has no price and cannot be used.
       */
      price: ModelPrice | null;
      charge: 'estimate' | 'cost';
      validation: 'enforce' | 'advise' | 'off';
      media: 'enforce' | 'advise' | 'off';
      alias_of: string | null;
      offered: boolean;
      source: 'builtin' | 'operator' | 'sync';
      /**
       * Members that the operator set. The catalogue sync does not change them.
       */
      by_hand: string[];
      pricing_note: string;
      model_url: string;
      notes: string[];
    };
  };
  /**
   * Update a model. price, input_schema and categories are replaced as a whole.
   */
  patchModel: {
    method: 'PATCH';
    path: '/admin/models/{model_id}';
    params: {
      model_id: string;
    };
    body: {
      input_schema?: {
        [k: string]: unknown;
      };
      display_name?: string;
      description?: string;
      /**
       * @maxItems 50
       */
      categories?: string[];
      price?: {
        usd: number;
        unit: 'output' | 'image' | 'second' | 'minute';
        quantity?: string;
        max_quantity?: number;
        factors?: {
          [k: string]: {
            [k: string]: number;
          };
        };
        /**
         * @minItems 1
         * @maxItems 20
         */
        adds?:
          | [
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ]
          | [
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              },
              {
                input: string;
                usd: number;
              }
            ];
        hold_factor?: number;
      } | null;
      charge?: 'estimate' | 'cost';
      validation?: 'enforce' | 'advise' | 'off';
      media?: 'enforce' | 'advise' | 'off';
      alias_of?: string | null;
      offered?: boolean;
      by_hand?: (
        | 'display_name'
        | 'description'
        | 'categories'
        | 'input_schema'
        | 'price'
        | 'charge'
        | 'validation'
        | 'media'
        | 'offered'
        | 'alias_of'
      )[];
    };
    answer: {
      id: string;
      display_name: string;
      description: string;
      categories: string[];
      kind: string;
      input_schema: {
        [k: string]: unknown;
      };
      /**
       * null: the model has no price and cannot be used.
       */
      price: ModelPrice | null;
      charge: 'estimate' | 'cost';
      validation: 'enforce' | 'advise' | 'off';
      media: 'enforce' | 'advise' | 'off';
      alias_of: string | null;
      offered: boolean;
      source: 'builtin' | 'operator' | 'sync';
      /**
       * Members that the operator set. The catalogue sync does not change them.
       */
      by_hand: string[];
      pricing_note: string;
      model_url: string;
      notes: string[];
    };
  };
  /**
   * List jobs, newest first unless `order` is oldest.
   */
  listJobs: {
    method: 'GET';
    path: '/admin/jobs';
    query: {
      limit?: number;
      cursor?: string;
      order?: 'oldest' | 'newest';
      customer?: string;
      key?: string;
      model?: string;
      state?:
        'reserved' | 'running' | 'unconfirmed' | 'refused' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
      upstream_id?: string;
      idempotency_key?: string;
      trace_id?: string;
      end_user?: string;
      from?: string;
      to?: string;
    };
    answer: {
      items: Job[];
      next_cursor: string | null;
    };
  };
  /**
   * Set the outcome of all unconfirmed jobs of an account in a period. If KV holds a job's upstream id, RunComfy accepted it; it continues whatever outcome you send.
   */
  resolveJobs: {
    method: 'POST';
    path: '/admin/jobs/resolve';
    body: {
      account: string;
      from: string;
      to: string;
      outcome: 'refused' | 'lost';
    };
    answer: {
      resolved: number;
      has_more: boolean;
    };
  };
  /**
   * Set the outcome of a job, or its RunComfy id. If KV holds a job's upstream id, RunComfy accepted it; it continues whatever outcome you send.
   */
  resolveJob: {
    method: 'POST';
    path: '/admin/jobs/{job}/resolve';
    params: {
      job: string;
    };
    body: {
      outcome?: 'refused' | 'lost';
      upstream_id?: string;
    };
    answer: {
      id: string;
      customer: string;
      key: string;
      token: string | null;
      end_user: string | null;
      model_id: string;
      account: string;
      state:
        'reserved' | 'running' | 'unconfirmed' | 'refused' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
      /**
       * Why the job did not succeed.
       */
      reason: string | null;
      upstream_id: string | null;
      /**
       * The trace id of the submit, as in its response and in the log.
       */
      trace_id: string | null;
      /**
       * The price when the job was submitted.
       */
      price: {
        usd: number;
        unit: 'output' | 'image' | 'second' | 'minute';
        quantity?: string;
        max_quantity?: number;
        factors?: {
          [k: string]: {
            [k: string]: number;
          };
        };
        adds?: {
          input: string;
          usd: number;
        }[];
        hold_factor?: number;
        /**
         * true if the customer's own price replaced usd.
         */
        own: boolean;
      } | null;
      markup: number;
      unit_usd: number;
      charge: 'estimate' | 'cost';
      estimate_usd: number;
      hold_usd: number;
      /**
       * null: the job is not settled yet.
       */
      charge_usd: number | null;
      /**
       * The cost that RunComfy reported.
       */
      cost_usd: number | null;
      cost_flag: ('missing' | 'invalid') | null;
      created_at: string;
      ended_at: string | null;
      settled_at: string | null;
      result: {
        status: string;
        output?: unknown;
        error?: unknown;
        input?: unknown;
        model_id?: string;
        created_at?: string;
        finished_at?: string;
      } | null;
    };
  };
  /**
   * Get a job with its result and its adjustments.
   */
  getJob: {
    method: 'GET';
    path: '/admin/jobs/{job}';
    params: {
      job: string;
    };
    answer: WholeJob;
  };
  /**
   * Recalculate balances, counters and usage totals from the ledger, for one customer or for all, and list differences.
   */
  checkLedger: {
    method: 'GET';
    path: '/admin/ledger/check';
    query: {
      customer?: string;
    };
    answer: {
      /**
       * Empty if every balance, counter and usage total matches the ledger.
       */
      differences: {
        what: string;
        subject: string;
        stored: number | null;
        computed: number | null;
      }[];
    };
  };
  /**
   * Rebuild usage totals from jobs and ledger, for one customer or for all, then check them.
   */
  rebuildUsage: {
    method: 'POST';
    path: '/admin/ledger/rebuild';
    body: {
      customer?: string;
    };
    answer: {
      /**
       * Empty if every balance, counter and usage total matches the ledger.
       */
      differences: {
        what: string;
        subject: string;
        stored: number | null;
        computed: number | null;
      }[];
    };
  };
  /**
   * List changes and who made them, newest first. CSV has a line for each field.
   */
  listAudit: {
    method: 'GET';
    path: '/admin/audit';
    query: {
      limit?: number;
      cursor?: string;
      actor?: string;
      object?: string;
      action?: string;
      from?: string;
      to?: string;
      format?: 'json' | 'csv';
    };
    answer: {
      items: AuditEntry[];
      next_cursor: string | null;
    };
  };
  /**
   * Get the audit entries byte for byte with their seals, for npm run audit:check.
   */
  getAuditChain: {
    method: 'GET';
    path: '/admin/audit/chain';
    query: {
      after?: number;
      limit?: number;
    };
    answer: {
      items: {
        id: number;
        row: {
          id: number;
          at_ms: number;
          actor: string;
          session_id: string | null;
          action: string;
          object: string;
          trace_id: string;
        } | null;
        details: {
          salt: string;
          before: string | null;
          after: string | null;
          change: string;
          address: string | null;
        } | null;
        seal: {
          upto_id: number;
          details_sha256: string | null;
          sha256: string;
        } | null;
      }[];
    };
  };
  /**
   * Add a RunComfy account. The gateway checks its token, then encrypts it.
   */
  createAccount: {
    method: 'POST';
    path: '/admin/accounts';
    body: {
      label: string;
      /**
       * The token of the RunComfy account. No response shows it.
       */
      token: string;
      priority?: number;
      limits?: LimitsPatch | null;
      status?: 'active' | 'draining' | 'disabled';
    };
    answer: Account;
  };
  /**
   * List the RunComfy accounts and whether each accepts jobs.
   */
  listAccounts: {
    method: 'GET';
    path: '/admin/accounts';
    query: {
      limit?: number;
      cursor?: string;
    };
    answer: {
      items: Account[];
      next_cursor: string | null;
    };
  };
  /**
   * Get a RunComfy account.
   */
  getAccount: {
    method: 'GET';
    path: '/admin/accounts/{account}';
    params: {
      account: string;
    };
    answer: Account;
  };
  /**
   * Update a RunComfy account, or replace its token.
   */
  changeAccount: {
    method: 'PATCH';
    path: '/admin/accounts/{account}';
    params: {
      account: string;
    };
    body: {
      label?: string;
      /**
       * The token of the RunComfy account. No response shows it.
       */
      token?: string;
      priority?: number;
      limits?: LimitsPatch | null;
      status?: 'active' | 'draining' | 'disabled';
    };
    answer: Account;
  };
  /**
   * Delete a RunComfy account and its token.
   */
  deleteAccount: {
    method: 'DELETE';
    path: '/admin/accounts/{account}';
    params: {
      account: string;
    };
    answer: null;
  };
  /**
   * Check an account: read its balance at RunComfy now.
   */
  checkAccount: {
    method: 'POST';
    path: '/admin/accounts/{account}/check';
    params: {
      account: string;
    };
    answer: {
      id: string;
      label: string;
      /**
       * The last characters of the token.
       */
      hint: string;
      status: 'active' | 'draining' | 'disabled' | 'deleted';
      takes_jobs: boolean;
      /**
       * Why the account does not accept jobs, and how to fix it.
       */
      why_not: string | null;
      /**
       * RunComfy has accepted the token at least once.
       */
      verified: boolean;
      /**
       * The account with the lowest number is used first.
       */
      priority: number;
      limits: Limits;
      /**
       * If not ok, the account gets one submit a minute as a probe.
       */
      state: 'ok' | 'no_balance' | 'bad_token' | 'unknown_outcomes';
      since: string | null;
      /**
       * RunComfy has not answered a submit since this time.
       */
      silent_since: string | null;
      /**
       * RunComfy asked for no calls until this time.
       */
      busy_until: string | null;
      /**
       * The balance at RunComfy. null: not read yet.
       */
      balance_usd: number | null;
      balance_read_at: string | null;
      open_jobs: number;
      last_error: string | null;
      last_error_at: string | null;
      /**
       * null: the account is set by RUNCOMFY_TOKEN.
       */
      created_at: string | null;
      check: {
        /**
         * RunComfy accepts the token.
         */
        ok: boolean;
        detail: string;
      };
    };
  };
  /**
   * Re-encrypt with VAULT_KEY everything that VAULT_KEY_PREVIOUS encrypted.
   */
  rewrapVault: {
    method: 'POST';
    path: '/admin/vault/rewrap';
    answer: {
      /**
       * Values that this call re-encrypted with VAULT_KEY.
       */
      rewrapped: number;
      /**
       * Values that another key still encrypts.
       */
      left: number;
    };
  };
  /**
   * Get what needs your attention, and the figures behind it.
   */
  getHealth: {
    method: 'GET';
    path: '/admin/health';
    answer: Health;
  };
  /**
   * Get metrics in Prometheus text format, at most 15 seconds old.
   */
  getMetrics: {
    method: 'GET';
    path: '/admin/metrics';
    answer: null;
  };
  /**
   * Get jobs and money of the last days, by day, with the largest customers and models.
   */
  getOverview: {
    method: 'GET';
    path: '/admin/overview';
    query: {
      days?: '7' | '30' | '90';
    };
    answer: Overview;
  };
  /**
   * Get the settings of the gateway: limits, submit switch and defaults.
   */
  getSettings: {
    method: 'GET';
    path: '/admin/settings';
    answer: {
      limits: Limits;
      submits: 'on' | 'off';
      /**
       * Applies to browser tokens that are created without these values.
       */
      token_defaults: {
        max_requests: number;
        max_spend_usd: number;
      };
      /**
       * How many days to keep files. Applies to files uploaded after the change.
       */
      files_days: number;
      /**
       * Applies to new customers where neither the call nor the plan sets a value.
       */
      defaults: {
        limits: Limits;
        markup: number | null;
        prepaid: boolean;
        plan: string | null;
      };
      /**
       * How long to keep the results of jobs after settlement.
       */
      retention_days: number;
      /**
       * off: audit entries do not store the caller's IP address.
       */
      audit_addresses: 'on' | 'off';
    };
  };
  /**
   * Update the settings of the gateway: limits, submit switch and defaults.
   */
  changeSettings: {
    method: 'PATCH';
    path: '/admin/settings';
    body: {
      limits?: LimitsPatch | null;
      submits?: 'on' | 'off';
      files_days?: number;
      retention_days?: number;
      token_defaults?: {
        max_requests?: number;
        max_spend_usd?: number;
      };
      defaults?: {
        limits?: LimitsPatch | null;
        markup?: number | null;
        prepaid?: boolean;
        plan?: string | null;
      };
      audit_addresses?: 'on' | 'off';
    };
    answer: {
      limits: Limits;
      submits: 'on' | 'off';
      /**
       * Applies to browser tokens that are created without these values.
       */
      token_defaults: {
        max_requests: number;
        max_spend_usd: number;
      };
      /**
       * How many days to keep files. Applies to files uploaded after the change.
       */
      files_days: number;
      /**
       * Applies to new customers where neither the call nor the plan sets a value.
       */
      defaults: {
        limits: Limits;
        markup: number | null;
        prepaid: boolean;
        plan: string | null;
      };
      /**
       * How long to keep the results of jobs after settlement.
       */
      retention_days: number;
      /**
       * off: audit entries do not store the caller's IP address.
       */
      audit_addresses: 'on' | 'off';
    };
  };
  /**
   * Get the current usage of the gateway's limits.
   */
  getGatewayLimits: {
    method: 'GET';
    path: '/admin/settings/limits';
    answer: LimitUse;
  };
  /**
   * Get the bookings of a period, with cost and margin.
   */
  reportUsage: {
    method: 'GET';
    path: '/admin/usage';
    query: {
      from?: string;
      to?: string;
      group_by?: string;
      format?: 'json' | 'csv';
      customer?: string;
    };
    answer: {
      /**
       * Bookings from `from` (inclusive) to `to` (exclusive).
       */
      from: string;
      /**
       * The end of the period (exclusive).
       */
      to: string;
      items: {
        customer?: string;
        key?: string;
        model_id?: string;
        day?: string;
        /**
         * Rows grouped by end user omit jobs without an end user.
         */
        end_user?: string;
        jobs: number;
        succeeded: number;
        failed: number;
        cancelled: number;
        lost: number;
        charged_usd: number;
        adjusted_usd: number;
        cost_usd: number;
        loss_usd: number;
        margin_usd: number;
      }[];
      total: {
        jobs: number;
        succeeded: number;
        failed: number;
        cancelled: number;
        lost: number;
        charged_usd: number;
        adjusted_usd: number;
        cost_usd: number;
        loss_usd: number;
        margin_usd: number;
      };
      /**
       * Open holds now, independent of the period.
       */
      open: {
        jobs: number;
        held_usd: number;
      };
    };
  };
  /**
   * Get a customer's monthly statement, by model and price. The default is the current month.
   */
  getStatement: {
    method: 'GET';
    path: '/admin/customers/{customer}/statement';
    params: {
      customer: string;
    };
    query: {
      month?: string;
    };
    answer: Statement;
  };
  /**
   * List sessions, those that end last first.
   */
  listSessions: {
    method: 'GET';
    path: '/admin/sessions';
    answer: {
      items: Session[];
      next_cursor: string | null;
    };
  };
  /**
   * End a session. Its cookie stops working.
   */
  endSession: {
    method: 'DELETE';
    path: '/admin/sessions/{session}';
    params: {
      session: string;
    };
    answer: null;
  };
  /**
   * Get who is signed in with the cookie of this call.
   */
  getSession: {
    method: 'GET';
    path: '/session';
    answer:
      | {
          /**
           * The name of the token that opened the session.
           */
          actor: string;
          /**
           * false: the token is one of READ_TOKENS and cannot change anything.
           */
          may_change: boolean;
          expires_at: string;
        }
      | {
          actor: null;
        };
  };
  /**
   * Sign in with an admin token, a read token or the code of a link. The response sets the cookie.
   */
  signIn: {
    method: 'POST';
    path: '/session';
    body:
      | {
          token: string;
        }
      | {
          code: string;
        };
    answer: SignedIn;
  };
  /**
   * Sign out: end the session of the cookie of this call.
   */
  signOut: {
    method: 'DELETE';
    path: '/session';
    answer: null;
  };
  /**
   * Create the code of a link that signs in once within an hour.
   */
  makeSignInLink: {
    method: 'POST';
    path: '/session/links';
    body: {
      token: string;
    };
    answer: {
      /**
       * Signs in once. Append it to /console/sign-in#.
       */
      code: string;
      expires_at: string;
    };
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
export interface Balance {
  balance_usd: number;
  balance_microdollars: number;
  currency: 'USD';
  /**
   * true if no spend limit and no balance applies.
   */
  unlimited?: true;
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
export interface RotatedKey {
  id: string;
  /**
   * The new key. It is shown only in this response.
   */
  key: string;
  hint: string;
  expires_at: string | null;
  /**
   * The key that you called with, and when it stops working.
   */
  old: {
    id: string;
    expires_at: string | null;
  };
}
/**
 * An OpenAPI 3.1 document.
 */
export interface OpenapiDocument {
  openapi: '3.1.0';
  info: {
    [k: string]: unknown;
  };
  servers: {
    url: string;
  }[];
  tags?: {
    name: string;
    description: string;
  }[];
  paths: {
    [k: string]: unknown;
  };
  components: {
    [k: string]: unknown;
  };
}
export interface OwnRequest {
  request_id: string;
  /**
   * The last known state. in_queue: RunComfy has not accepted the job yet. in_progress: it has. GET …/status asks RunComfy.
   */
  state: 'in_queue' | 'in_progress' | 'succeeded' | 'failed' | 'cancelled';
  model_id: string;
  end_user: string | null;
  created_at: string;
  ended_at: string | null;
  /**
   * The amount held now. 0 after the job is settled.
   */
  hold_usd: number;
  /**
   * null: the job is not settled yet.
   */
  charge_usd: number | null;
  /**
   * Refunded since the charge. A negative amount was charged in addition.
   */
  adjusted_usd: number;
  /**
   * Why this amount is held or charged, in one sentence.
   */
  explanation: string;
}
export interface NewToken {
  id: string;
  /**
   * The first characters of the token.
   */
  hint: string;
  /**
   * Model ids, and prefixes such as bytedance/*. null: every model of its key.
   */
  models: string[] | null;
  limits: Limits;
  /**
   * Pages that can use the token. null: every page.
   */
  origins: string[] | null;
  end_user: string | null;
  /**
   * Which jobs the token can see: those that it started, or all jobs of its end user.
   */
  see: 'own' | 'end_user';
  expires_at: string | null;
  created_at: string;
  /**
   * The token. It is shown only in this response.
   */
  token: string;
}
/**
 * The limits that are set. Absent: no such limit; 0 allows nothing.
 */
export interface Limits {
  /**
   * Submits in any 60 seconds.
   */
  requests_per_minute?: number;
  /**
   * Submits in a calendar day (UTC).
   */
  requests_per_day?: number;
  /**
   * Submits in a calendar week (UTC, from Monday).
   */
  requests_per_week?: number;
  /**
   * Submits in a calendar month (UTC).
   */
  requests_per_month?: number;
  /**
   * Submits in all.
   */
  requests_total?: number;
  /**
   * Dollars charged or held in a calendar day (UTC).
   */
  spend_per_day_usd?: number;
  /**
   * Dollars charged or held in a calendar week (UTC, from Monday).
   */
  spend_per_week_usd?: number;
  /**
   * Dollars charged or held in a calendar month (UTC).
   */
  spend_per_month_usd?: number;
  /**
   * Dollars charged or held in all.
   */
  spend_total_usd?: number;
  /**
   * Jobs reserved or running at once.
   */
  max_concurrent?: number;
  /**
   * Browser tokens minted in any 60 seconds.
   */
  tokens_per_minute?: number;
  /**
   * Bytes of stored files at once.
   */
  files_bytes?: number;
}
export interface Token {
  id: string;
  /**
   * The first characters of the token.
   */
  hint: string;
  /**
   * Model ids, and prefixes such as bytedance/*. null: every model of its key.
   */
  models: string[] | null;
  limits: Limits;
  /**
   * Pages that can use the token. null: every page.
   */
  origins: string[] | null;
  end_user: string | null;
  /**
   * Which jobs the token can see: those that it started, or all jobs of its end user.
   */
  see: 'own' | 'end_user';
  expires_at: string | null;
  created_at: string;
  revoked_at: string | null;
}
export interface Welcome {
  name: 'comfygate';
  description: string;
  /**
   * Absolute URLs.
   */
  links: {
    /**
     * The customer API as an OpenAPI document.
     */
    openapi: string;
    /**
     * The models on offer, with your prices. Needs a key.
     */
    models: string;
    /**
     * Your limits and what is left of them. Needs a key.
     */
    key: string;
    /**
     * The state of this gateway. Needs an admin token.
     */
    health: string;
    /**
     * RunComfy's documentation of the Model API.
     */
    runcomfy: string;
  };
}
export interface LimitsPatch {
  requests_per_minute?: number | null;
  requests_per_day?: number | null;
  requests_per_week?: number | null;
  requests_per_month?: number | null;
  requests_total?: number | null;
  spend_per_day_usd?: number | null;
  spend_per_week_usd?: number | null;
  spend_per_month_usd?: number | null;
  spend_total_usd?: number | null;
  max_concurrent?: number | null;
  tokens_per_minute?: number | null;
  files_bytes?: number | null;
}
export interface Customer {
  id: string;
  name: string;
  external_id: string | null;
  status: 'active' | 'suspended' | 'erasing' | 'erased';
  /**
   * The mark-up in effect. It multiplies list prices: 1.25 adds 25 %.
   */
  markup: number;
  prepaid: boolean;
  balance_usd: number;
  /**
   * The amount of open holds. Each becomes a charge or is released.
   */
  held_usd: number;
  limits: Limits1;
  /**
   * Models that the plan allows for each key of the customer. null: every model.
   */
  models: string[] | null;
  plan: {
    id: string;
    name: string;
  } | null;
  /**
   * Values set with PATCH. They override the plan.
   */
  own: {
    markup: number | null;
    limits: Limits;
  };
  loras: string[];
  /**
   * The only RunComfy account for this customer’s jobs. null: any account with capacity.
   */
  account: string | null;
  created_at: string;
  /**
   * Settled this month (UTC), up to one or two hours ago.
   */
  month?: {
    jobs: number;
    charged_usd: number;
    margin_usd: number;
  };
  /**
   * The current usage of each limit.
   */
  limit_use?: LimitUsage[];
  warnings?: string[];
}
/**
 * The limits that are set. Absent: no such limit; 0 allows nothing.
 */
export interface Limits1 {
  /**
   * Submits in any 60 seconds.
   */
  requests_per_minute?: number;
  /**
   * Submits in a calendar day (UTC).
   */
  requests_per_day?: number;
  /**
   * Submits in a calendar week (UTC, from Monday).
   */
  requests_per_week?: number;
  /**
   * Submits in a calendar month (UTC).
   */
  requests_per_month?: number;
  /**
   * Submits in all.
   */
  requests_total?: number;
  /**
   * Dollars charged or held in a calendar day (UTC).
   */
  spend_per_day_usd?: number;
  /**
   * Dollars charged or held in a calendar week (UTC, from Monday).
   */
  spend_per_week_usd?: number;
  /**
   * Dollars charged or held in a calendar month (UTC).
   */
  spend_per_month_usd?: number;
  /**
   * Dollars charged or held in all.
   */
  spend_total_usd?: number;
  /**
   * Jobs reserved or running at once.
   */
  max_concurrent?: number;
  /**
   * Browser tokens minted in any 60 seconds.
   */
  tokens_per_minute?: number;
  /**
   * Bytes of stored files at once.
   */
  files_bytes?: number;
}
export interface LimitUse {
  limits: LimitUsage[];
}
export interface Key {
  id: string;
  customer: string;
  kind: 'secret' | 'browser';
  /**
   * The secret key that created this browser token.
   */
  parent: string | null;
  /**
   * The key that this one replaced by rotation.
   */
  successor_of: string | null;
  /**
   * The first characters of the key.
   */
  hint: string;
  name: string;
  /**
   * Model ids, and prefixes such as bytedance/*. null: every model.
   */
  models: string[] | null;
  limits: Limits;
  /**
   * The pages that can use the browser token. null: every page.
   */
  origins: string[] | null;
  /**
   * The customer's end user that the browser token belongs to.
   */
  end_user: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  /**
   * Accurate to an hour. null: never used.
   */
  last_used_at: string | null;
  created_at: string;
}
export interface Credit {
  id: string;
  /**
   * A negative amount takes money back.
   */
  amount_usd: number;
  /**
   * null: the note was erased.
   */
  note: string | null;
  job: string | null;
  created_at: string;
}
export interface Plan {
  id: string;
  name: string;
  limits: Limits;
  /**
   * null: the plan does not set a mark-up.
   */
  markup: number | null;
  /**
   * null: every model.
   */
  models: string[] | null;
  /**
   * How many customers have this plan.
   */
  customers: number;
  created_at: string;
}
export interface OwnPrice {
  model_id: string;
  usd: number;
  set_at: string;
}
export interface Model {
  id: string;
  display_name: string;
  description: string;
  categories: string[];
  kind: string;
  input_schema: {
    [k: string]: unknown;
  };
  /**
   * null: the model has no price and cannot be used.
   */
  price: ModelPrice | null;
  charge: 'estimate' | 'cost';
  validation: 'enforce' | 'advise' | 'off';
  media: 'enforce' | 'advise' | 'off';
  alias_of: string | null;
  offered: boolean;
  source: 'builtin' | 'operator' | 'sync';
  /**
   * Members that the operator set. The catalogue sync does not change them.
   */
  by_hand: string[];
  pricing_note: string;
  model_url: string;
}
export interface ModelPrice {
  usd: number;
  unit: 'output' | 'image' | 'second' | 'minute';
  quantity?: string;
  max_quantity?: number;
  factors?: {
    [k: string]: {
      [k: string]: number;
    };
  };
  adds?: {
    input: string;
    usd: number;
  }[];
  hold_factor?: number;
}
export interface SyncReport {
  state: 'done' | 'failed';
  reason?: string;
  started_at: string;
  finished_at: string;
  full: boolean;
  models: number;
  added: string[];
  changed: {
    model_id: string;
    fields: string[];
  }[];
  returned: string[];
  withdrawn: string[];
  missed: string[];
  /**
   * Prices that changed too much. They wait for your decision.
   */
  held: {
    model_id: string;
    price: ModelPrice | null;
    new_price: ModelPrice | null;
  }[];
  /**
   * Models missing from RunComfy's catalogue. Too many are missing to remove them without your decision.
   */
  gone: string[];
  /**
   * Models that differ from RunComfy because the operator changed them.
   */
  kept: string[];
  unpriced: {
    model_id: string;
    reason: string;
  }[];
  not_understood: {
    model_id: string;
    reason: string;
  }[];
  notes: {
    model_id: string;
    notes: string[];
  }[];
}
export interface Job {
  id: string;
  customer: string;
  key: string;
  token: string | null;
  end_user: string | null;
  model_id: string;
  account: string;
  state: 'reserved' | 'running' | 'unconfirmed' | 'refused' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
  /**
   * Why the job did not succeed.
   */
  reason: string | null;
  upstream_id: string | null;
  /**
   * The trace id of the submit, as in its response and in the log.
   */
  trace_id: string | null;
  /**
   * The price when the job was submitted.
   */
  price: {
    usd: number;
    unit: 'output' | 'image' | 'second' | 'minute';
    quantity?: string;
    max_quantity?: number;
    factors?: {
      [k: string]: {
        [k: string]: number;
      };
    };
    adds?: {
      input: string;
      usd: number;
    }[];
    hold_factor?: number;
    /**
     * true if the customer's own price replaced usd.
     */
    own: boolean;
  } | null;
  markup: number;
  unit_usd: number;
  charge: 'estimate' | 'cost';
  estimate_usd: number;
  hold_usd: number;
  /**
   * null: the job is not settled yet.
   */
  charge_usd: number | null;
  /**
   * The cost that RunComfy reported.
   */
  cost_usd: number | null;
  cost_flag: ('missing' | 'invalid') | null;
  created_at: string;
  ended_at: string | null;
  settled_at: string | null;
}
export interface WholeJob {
  id: string;
  customer: string;
  key: string;
  token: string | null;
  end_user: string | null;
  model_id: string;
  account: string;
  state: 'reserved' | 'running' | 'unconfirmed' | 'refused' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
  /**
   * Why the job did not succeed.
   */
  reason: string | null;
  upstream_id: string | null;
  /**
   * The trace id of the submit, as in its response and in the log.
   */
  trace_id: string | null;
  /**
   * The price when the job was submitted.
   */
  price: {
    usd: number;
    unit: 'output' | 'image' | 'second' | 'minute';
    quantity?: string;
    max_quantity?: number;
    factors?: {
      [k: string]: {
        [k: string]: number;
      };
    };
    adds?: {
      input: string;
      usd: number;
    }[];
    hold_factor?: number;
    /**
     * true if the customer's own price replaced usd.
     */
    own: boolean;
  } | null;
  markup: number;
  unit_usd: number;
  charge: 'estimate' | 'cost';
  estimate_usd: number;
  hold_usd: number;
  /**
   * null: the job is not settled yet.
   */
  charge_usd: number | null;
  /**
   * The cost that RunComfy reported.
   */
  cost_usd: number | null;
  cost_flag: ('missing' | 'invalid') | null;
  created_at: string;
  ended_at: string | null;
  settled_at: string | null;
  /**
   * RunComfy's result, if it was small enough to store.
   */
  result: {
    status: string;
    output?: unknown;
    error?: unknown;
    input?: unknown;
    model_id?: string;
    created_at?: string;
    finished_at?: string;
  } | null;
  /**
   * Events in order. Names that end in _upstream come from RunComfy.
   */
  timeline: {
    what: 'reserved' | 'created_upstream' | 'finished_upstream' | 'ended' | 'cost_known' | 'settled';
    at: string;
  }[];
  /**
   * The calculation, from the list price to the charge.
   */
  arithmetic: {
    name: 'unit' | 'estimate' | 'hold' | 'charge';
    sum: string;
    usd: number;
  }[];
  charge_reason: string;
  /**
   * The ledger entries, without adjustments.
   */
  ledger: {
    kind: 'hold' | 'charge' | 'release';
    amount_usd: number;
    at: string;
  }[];
  adjusted_usd: number;
  adjustments: Credit[];
}
export interface AuditEntry {
  id: number;
  at: string;
  /**
   * The name of the admin token, or the id of the key, that made the change.
   */
  actor: string;
  /**
   * The session of the actor. null: the actor sent a token or a key.
   */
  session: string | null;
  action: string;
  /**
   * The id of the changed object.
   */
  object: string;
  /**
   * The request body. null: it was erased, together with changes and address.
   */
  asked: {
    /**
     * Any JSON value.
     */
    [k: string]: {
      [k: string]: unknown;
    };
  } | null;
  /**
   * The fields that changed, with their values before and after.
   */
  changes: {
    field: string;
    /**
     * Any JSON value.
     */
    before: {
      [k: string]: unknown;
    };
    /**
     * Any JSON value.
     */
    after: {
      [k: string]: unknown;
    };
  }[];
  address: string | null;
  trace_id: string;
}
export interface Account {
  id: string;
  label: string;
  /**
   * The last characters of the token.
   */
  hint: string;
  status: 'active' | 'draining' | 'disabled' | 'deleted';
  takes_jobs: boolean;
  /**
   * Why the account does not accept jobs, and how to fix it.
   */
  why_not: string | null;
  /**
   * RunComfy has accepted the token at least once.
   */
  verified: boolean;
  /**
   * The account with the lowest number is used first.
   */
  priority: number;
  limits: Limits;
  /**
   * If not ok, the account gets one submit a minute as a probe.
   */
  state: 'ok' | 'no_balance' | 'bad_token' | 'unknown_outcomes';
  since: string | null;
  /**
   * RunComfy has not answered a submit since this time.
   */
  silent_since: string | null;
  /**
   * RunComfy asked for no calls until this time.
   */
  busy_until: string | null;
  /**
   * The balance at RunComfy. null: not read yet.
   */
  balance_usd: number | null;
  balance_read_at: string | null;
  open_jobs: number;
  last_error: string | null;
  last_error_at: string | null;
  /**
   * null: the account is set by RUNCOMFY_TOKEN.
   */
  created_at: string | null;
}
export interface Health {
  /**
   * failing: submits are refused or jobs do not end. The status of the response is then 503.
   */
  status: 'ok' | 'attention' | 'failing';
  concerns: {
    code: string;
    /**
     * What is wrong, and how to fix it.
     */
    detail: string;
  }[];
  /**
   * Cloudflare's id of the deployed version.
   */
  version: string;
  submits: 'on' | 'off';
  cron_ran_at: string | null;
  /**
   * Due jobs that the last run did not check.
   */
  cron_left_jobs: number | null;
  /**
   * The budget that the last run used up. null: it checked every due job.
   */
  cron_used_up: string | null;
  oldest_due: string | null;
  customers_held_back: {
    customer: string;
    unknown_in_a_row: number;
    since: string;
    next_submit: string;
  }[];
  accounts: {
    id: string;
    label: string;
    status: 'active' | 'draining' | 'disabled' | 'deleted';
    takes_jobs: boolean;
    why_not: string | null;
    state: 'ok' | 'no_balance' | 'bad_token' | 'unknown_outcomes';
    since: string | null;
    /**
     * RunComfy has not answered a submit since this time.
     */
    silent_since: string | null;
    /**
     * The balance at RunComfy. null: not read yet.
     */
    balance_usd: number | null;
    balance_read_at: string | null;
  }[];
  open_jobs: {
    state: string;
    jobs: number;
    held_usd: number;
    oldest: string;
  }[];
  catalogue: {
    state: 'never synced' | 'running' | 'done' | 'failed';
    finished_at: string | null;
    models: number | null;
    held: number;
    gone: number;
    unpriced: number;
    not_understood: number;
  };
  unsold_models: {
    model_id: string;
    reason: string;
    /**
     * A price to correct and send with PATCH. null: the schema is the problem.
     */
    price: {
      [k: string]: unknown;
    } | null;
  }[];
  /**
   * Refused in the last 24 hours before a call to RunComfy, most frequent first.
   */
  refused_inputs: {
    model_id: string;
    input: string | null;
    rule: string;
    refused: number;
  }[];
  /**
   * Bookings since midnight UTC.
   */
  today: {
    jobs: number;
    charged_usd: number;
    cost_usd: number;
    loss_usd: number;
    margin_usd: number;
  };
  /**
   * Time from receiving a submit to RunComfy accepting it, since midnight UTC. null: no submit yet.
   */
  submit_latency: {
    submits: number;
    p50_ms: number | null;
    p95_ms: number | null;
  };
  losses: {
    days: number;
    lost_jobs: number;
    possible_usd: number;
    cost_above_hold_usd: number;
    cost_of_unsuccessful_usd: number;
    flagged_jobs: number;
  };
}
export interface Overview {
  /**
   * The figures include everything settled before this time.
   */
  until: string;
  total: {
    jobs: number;
    succeeded: number;
    failed: number;
    cancelled: number;
    lost: number;
    charged_usd: number;
    adjusted_usd: number;
    cost_usd: number;
    loss_usd: number;
    margin_usd: number;
  };
  days: {
    day: string;
    jobs: number;
    succeeded: number;
    failed: number;
    cancelled: number;
    lost: number;
    charged_usd: number;
    adjusted_usd: number;
    cost_usd: number;
    loss_usd: number;
    margin_usd: number;
    /**
     * Median time from submit to success.
     */
    p50_ms: number | null;
    p95_ms: number | null;
  }[];
  customers: {
    /**
     * null: everything that is not among the largest.
     */
    customer: string | null;
    name: string | null;
    jobs: number;
    succeeded: number;
    failed: number;
    cancelled: number;
    lost: number;
    charged_usd: number;
    adjusted_usd: number;
    cost_usd: number;
    loss_usd: number;
    margin_usd: number;
  }[];
  models: {
    /**
     * null: everything that is not among the largest.
     */
    model_id: string | null;
    jobs: number;
    succeeded: number;
    failed: number;
    cancelled: number;
    lost: number;
    charged_usd: number;
    adjusted_usd: number;
    cost_usd: number;
    loss_usd: number;
    margin_usd: number;
  }[];
}
export interface Statement {
  customer: string;
  name: string;
  external_id: string | null;
  from: string;
  to: string;
  lines: {
    model_id: string;
    /**
     * The list price when the jobs of this line were submitted.
     */
    price: {
      usd: number;
      unit: 'output' | 'image' | 'second' | 'minute';
      quantity?: string;
      max_quantity?: number;
      factors?: {
        [k: string]: {
          [k: string]: number;
        };
      };
      adds?: {
        input: string;
        usd: number;
      }[];
      hold_factor?: number;
      /**
       * true if the customer's own price replaced usd.
       */
      own: boolean;
    } | null;
    markup: number;
    /**
     * The price per unit that this customer paid.
     */
    unit_usd: number;
    jobs: number;
    succeeded: number;
    charged_usd: number;
    adjusted_usd: number;
    due_usd: number;
  }[];
  total: {
    jobs: number;
    succeeded: number;
    charged_usd: number;
    adjusted_usd: number;
    due_usd: number;
  };
}
export interface Session {
  id: string;
  actor: string;
  /**
   * The browser's User-Agent.
   */
  agent: string;
  /**
   * true for the session of this call.
   */
  current: boolean;
  created_at: string;
  expires_at: string;
}
export interface SignedIn {
  /**
   * The name of the token that opened the session.
   */
  actor: string;
  /**
   * false: the token is one of READ_TOKENS and cannot change anything.
   */
  may_change: boolean;
  expires_at: string;
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
