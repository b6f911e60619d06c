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
export type PriceTrial =
  | {
      unit_usd: number;
      /**
       * What a success is charged by: a range always by the reported cost.
       */
      charge: 'estimate' | 'cost';
      /**
       * What a success is charged at the least; estimate_usd where that is certain.
       */
      least_usd: number;
      estimate_usd: number;
      /**
       * What a submit reserves; no charge is more.
       */
      hold_usd: number;
      /**
       * From the list price to the charge.
       */
      steps: {
        name: 'unit' | 'quantity' | 'factor' | 'add' | 'estimate' | 'hold' | 'charge';
        sum: string;
        /**
         * null: the step is no amount.
         */
        usd: number | null;
      }[];
    }
  | {
      /**
       * Why there is no amount.
       */
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
   * List the categories of the models that your key may use
   */
  listCategories: {
    method: 'GET';
    path: '/v1/models/categories';
    answer: {
      categories: string[];
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
   * Read what you may still spend
   */
  getBalance: {
    method: 'GET';
    path: '/prod/v2/balance';
    answer: Balance;
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
   * List your files, newest first
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
   * Delete a file
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
   * Read your key, its limits, and how much of them is left
   */
  getOwnKey: {
    method: 'GET';
    path: '/v1/key';
    answer: OwnKey;
  };
  /**
   * Replace your key; both work until the grace is over. The answer alone shows the new one
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
   * Read a model as an OpenAPI document, with its inputs and your price
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
   * List your jobs, newest first, with what each costs and why
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
   * Read what a job costs and why
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
   * Mint a browser token for a page; the answer alone shows it
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
   * List the browser tokens that your key has minted, newest first
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
   * Revoke a browser token
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
   * Report what your jobs were charged in a period
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
       * Bookings from this instant (inclusive) …
       */
      from: string;
      /**
       * … to this instant (exclusive).
       */
      to: string;
      items: {
        customer?: string;
        key?: string;
        model_id?: string;
        day?: string;
        /**
         * Grouped by this, jobs without an end user are left out.
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
       * Holds that are open now, whatever the period.
       */
      open: {
        jobs: number;
        held_usd: number;
      };
    };
  };
  /**
   * Read an uploaded file, or a range of it
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
   * Find the documentation and where to begin
   */
  welcome: {
    method: 'GET';
    path: '/';
    answer: Welcome;
  };
  /**
   * Read the customers' API as an OpenAPI document
   */
  getOpenapi: {
    method: 'GET';
    path: '/openapi.json';
    answer: OpenapiDocument;
  };
  /**
   * Create a customer
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
   * List customers, oldest first unless `order` says otherwise
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
   * Change up to 500 customers alike: all of them, or none
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
   * Read a customer
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
   * Change a customer
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
   * Erase a customer: the name at once, the rest by the cron; the ledger keeps the id
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
   * Read how much of a customer's limits is used now
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
   * Issue a key; the answer alone shows it
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
       * The secret key that minted this browser token.
       */
      parent: string | null;
      /**
       * The key that this one took over from by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: all models.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that may use a browser token. null: bound to none.
       */
      origins: string[] | null;
      /**
       * The customer's end user that a browser token stands for.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * To an hour. null: never.
       */
      last_used_at: string | null;
      created_at: string;
      /**
       * The key itself. It is shown in this answer alone.
       */
      key: string;
      warnings?: string[];
    };
  };
  /**
   * List the keys of a customer, oldest first
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
   * List keys over all customers, oldest first unless `order` says newest; of a parent its browser tokens
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
   * Change a key; its limits are those of its whole family
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
       * The secret key that minted this browser token.
       */
      parent: string | null;
      /**
       * The key that this one took over from by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: all models.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that may use a browser token. null: bound to none.
       */
      origins: string[] | null;
      /**
       * The customer's end user that a browser token stands for.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * To an hour. null: never.
       */
      last_used_at: string | null;
      created_at: string;
      warnings?: string[];
    };
  };
  /**
   * Revoke a key with its successors and every browser token that they minted
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
   * Read how much of the limits of a key's family is used now
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
   * Find whose key a text is, when it was used and what it spent; the text is kept nowhere
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
       * The secret key that minted this browser token.
       */
      parent: string | null;
      /**
       * The key that this one took over from by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: all models.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that may use a browser token. null: bound to none.
       */
      origins: string[] | null;
      /**
       * The customer's end user that a browser token stands for.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * To an hour. null: never.
       */
      last_used_at: string | null;
      created_at: string;
      /**
       * Jobs of the last 24 hours, their charges and open holds. complete: false where there are more than are counted.
       */
      last_day: {
        jobs: number;
        spent_usd: number;
        complete: boolean;
      };
      /**
       * The call that revokes it. null: it is revoked.
       */
      revoke: string | null;
    };
  };
  /**
   * Replace a key; both work until the grace is over, and share one cap. The answer alone shows the new one
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
       * The secret key that minted this browser token.
       */
      parent: string | null;
      /**
       * The key that this one took over from by rotation.
       */
      successor_of: string | null;
      /**
       * The first characters of the key.
       */
      hint: string;
      name: string;
      /**
       * Model ids, and prefixes such as bytedance/*. null: all models.
       */
      models: string[] | null;
      limits: Limits;
      /**
       * The pages that may use a browser token. null: bound to none.
       */
      origins: string[] | null;
      /**
       * The customer's end user that a browser token stands for.
       */
      end_user: string | null;
      expires_at: string | null;
      revoked_at: string | null;
      /**
       * To an hour. null: never.
       */
      last_used_at: string | null;
      created_at: string;
      /**
       * The new key itself. It is shown in this answer alone.
       */
      key: string;
      old: {
        id: string;
        expires_at: string | null;
      };
    };
  };
  /**
   * List a customer's credits and adjustments, newest first
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
   * Book a credit, or an adjustment of what a job was charged
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
       * Negative takes money back.
       */
      amount_usd: number;
      /**
       * null: erased.
       */
      note: string | null;
      job: string | null;
      created_at: string;
      balance_usd: number;
    };
  };
  /**
   * List plans, oldest first
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
   * Create a plan: limits, mark-up and models for all customers that are on it
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
   * Change a plan, for all of its customers from their next submit on
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
   * Delete a plan that no customer is on
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
   * List a customer's own prices, by model id
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
   * Set the price that this customer alone pays for a unit of a model
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
   * Drop a customer's own price; the customer pays list price × mark-up again
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
   * List the models of the catalogue, by id
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
   * Read what the last sync of the catalogue found and how far a running one is
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
   * Read RunComfy's catalogue now, and accept changes that wait for a decision
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
   * Compute what an input would cost by a price that need not be set yet; changes nothing
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
   * Put a model into the catalogue as a whole
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
       * null: unpriced, so not sold.
       */
      price: ModelPrice | null;
      charge: 'estimate' | 'cost';
      validation: 'enforce' | 'advise' | 'off';
      media: 'enforce' | 'advise' | 'off';
      alias_of: string | null;
      offered: boolean;
      source: 'builtin' | 'operator' | 'sync';
      /**
       * What the operator set and the sync of the catalogue therefore leaves alone.
       */
      by_hand: string[];
      pricing_note: string;
      model_url: string;
      notes: string[];
    };
  };
  /**
   * Change a model; price, input_schema and categories are replaced whole
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
       * null: unpriced, so not sold.
       */
      price: ModelPrice | null;
      charge: 'estimate' | 'cost';
      validation: 'enforce' | 'advise' | 'off';
      media: 'enforce' | 'advise' | 'off';
      alias_of: string | null;
      offered: boolean;
      source: 'builtin' | 'operator' | 'sync';
      /**
       * What the operator set and the sync of the catalogue therefore leaves alone.
       */
      by_hand: string[];
      pricing_note: string;
      model_url: string;
      notes: string[];
    };
  };
  /**
   * List jobs, newest first unless `order` says oldest
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
   * Decide the outcome of all unconfirmed jobs of an account in a period
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
   * Decide the outcome of a job, or name the id that RunComfy gave it
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
       * The call that submitted the job, as its answer and the log name it.
       */
      trace_id: string | null;
      /**
       * The price as it stood when the job was admitted.
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
         * The customer's own price stood in the place of usd.
         */
        own: boolean;
      } | null;
      markup: number;
      unit_usd: number;
      charge: 'estimate' | 'cost';
      estimate_usd: number;
      hold_usd: number;
      /**
       * null: not settled.
       */
      charge_usd: number | null;
      /**
       * What RunComfy said that the job cost.
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
   * Read a job with its result and its adjustments
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
   * Recompute balances, counters and roll-ups from the ledger, of one customer or of all
   */
  checkLedger: {
    method: 'GET';
    path: '/admin/ledger/check';
    query: {
      customer?: string;
    };
    answer: {
      /**
       * Empty: every balance, counter and roll-up is what the ledger says.
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
   * Make the roll-ups of usage anew from jobs and ledger, of one customer or of all, then check
   */
  rebuildUsage: {
    method: 'POST';
    path: '/admin/ledger/rebuild';
    body: {
      customer?: string;
    };
    answer: {
      /**
       * Empty: every balance, counter and roll-up is what the ledger says.
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
   * List who changed what, newest first; as CSV a line for each field
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
   * Read the audit byte for byte with its seals, for npm run audit:check
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
   * Add a RunComfy account; its token is tried, then sealed
   */
  createAccount: {
    method: 'POST';
    path: '/admin/accounts';
    body: {
      label: string;
      /**
       * The token of the RunComfy account. No answer ever shows it.
       */
      token: string;
      priority?: number;
      limits?: LimitsPatch | null;
      status?: 'active' | 'draining' | 'disabled';
    };
    answer: Account;
  };
  /**
   * List the RunComfy accounts, and which of them takes jobs
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
   * Read a RunComfy account
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
   * Change a RunComfy account, or replace its token
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
       * The token of the RunComfy account. No answer ever shows it.
       */
      token?: string;
      priority?: number;
      limits?: LimitsPatch | null;
      status?: 'active' | 'draining' | 'disabled';
    };
    answer: Account;
  };
  /**
   * Wipe the token of a RunComfy account and take it away
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
   * Read the balance with the account's token now
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
       * What keeps it from taking jobs, and what to do.
       */
      why_not: string | null;
      /**
       * RunComfy has taken the token at least once.
       */
      verified: boolean;
      /**
       * The account with the lowest number is taken first.
       */
      priority: number;
      limits: Limits;
      /**
       * Not ok: it takes one submit a minute, as a probe.
       */
      state: 'ok' | 'no_balance' | 'bad_token' | 'unknown_outcomes';
      since: string | null;
      /**
       * RunComfy has answered no submit since then.
       */
      silent_since: string | null;
      /**
       * RunComfy asked to be left alone until then.
       */
      busy_until: string | null;
      /**
       * At RunComfy. null: not read yet.
       */
      balance_usd: number | null;
      balance_read_at: string | null;
      open_jobs: number;
      last_error: string | null;
      last_error_at: string | null;
      /**
       * null: the account of the environment.
       */
      created_at: string | null;
      check: {
        /**
         * RunComfy takes the token.
         */
        ok: boolean;
        detail: string;
      };
    };
  };
  /**
   * Seal what VAULT_KEY_PREVIOUS has sealed with VAULT_KEY
   */
  rewrapVault: {
    method: 'POST';
    path: '/admin/vault/rewrap';
    answer: {
      /**
       * Texts that this call has sealed with VAULT_KEY.
       */
      rewrapped: number;
      /**
       * Texts that another key still seals.
       */
      left: number;
    };
  };
  /**
   * Read what needs you, and the figures behind it
   */
  getHealth: {
    method: 'GET';
    path: '/admin/health';
    answer: Health;
  };
  /**
   * Read the figures that a monitor keeps, as Prometheus text, at most 15 seconds old
   */
  getMetrics: {
    method: 'GET';
    path: '/admin/metrics';
    answer: null;
  };
  /**
   * Read jobs and money of the last days, by day, with the largest customers and models
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
   * Read the settings of the whole gateway: its limits, its stop switch, defaults
   */
  getSettings: {
    method: 'GET';
    path: '/admin/settings';
    answer: {
      limits: Limits;
      submits: 'on' | 'off';
      /**
       * What a browser token gets whose minting names neither of the two.
       */
      token_defaults: {
        max_requests: number;
        max_spend_usd: number;
      };
      /**
       * For how many days files are kept that are uploaded from now on.
       */
      files_days: number;
      /**
       * What a new customer gets where neither the call nor the plan says it.
       */
      defaults: {
        limits: Limits;
        markup: number | null;
        prepaid: boolean;
        plan: string | null;
      };
      /**
       * How long results of jobs are kept behind their settlement.
       */
      retention_days: number;
      /**
       * off: entries of the audit are written without the address of the caller.
       */
      audit_addresses: 'on' | 'off';
    };
  };
  /**
   * Change the settings of the whole gateway: its limits, its stop switch, defaults
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
       * What a browser token gets whose minting names neither of the two.
       */
      token_defaults: {
        max_requests: number;
        max_spend_usd: number;
      };
      /**
       * For how many days files are kept that are uploaded from now on.
       */
      files_days: number;
      /**
       * What a new customer gets where neither the call nor the plan says it.
       */
      defaults: {
        limits: Limits;
        markup: number | null;
        prepaid: boolean;
        plan: string | null;
      };
      /**
       * How long results of jobs are kept behind their settlement.
       */
      retention_days: number;
      /**
       * off: entries of the audit are written without the address of the caller.
       */
      audit_addresses: 'on' | 'off';
    };
  };
  /**
   * Read how much of the limits of the whole gateway is used now
   */
  getGatewayLimits: {
    method: 'GET';
    path: '/admin/settings/limits';
    answer: LimitUse;
  };
  /**
   * Report what was booked in a period, with cost and margin
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
       * Bookings from this instant (inclusive) …
       */
      from: string;
      /**
       * … to this instant (exclusive).
       */
      to: string;
      items: {
        customer?: string;
        key?: string;
        model_id?: string;
        day?: string;
        /**
         * Grouped by this, jobs without an end user are left out.
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
       * Holds that are open now, whatever the period.
       */
      open: {
        jobs: number;
        held_usd: number;
      };
    };
  };
  /**
   * Read a customer's statement of a month, by model and price; without `month` of this one
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
   * List who is signed in, those whose session ends last first
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
   * End a session; its cookie opens nothing any more
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
   * Read who is signed in with the cookie of this call
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
           * False: the token is one of READ_TOKENS, and changes are refused.
           */
          may_change: boolean;
          expires_at: string;
        }
      | {
          actor: null;
        };
  };
  /**
   * Sign in with an admin or read token, or with the code of a link; the answer sets the cookie
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
   * End the session of the cookie of this call
   */
  signOut: {
    method: 'DELETE';
    path: '/session';
    answer: null;
  };
  /**
   * Make the code of a link that signs in once within the hour
   */
  makeSignInLink: {
    method: 'POST';
    path: '/session/links';
    body: {
      token: string;
    };
    answer: {
      /**
       * Signs in once: the part of /console/sign-in# behind the #.
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
export interface Balance {
  balance_usd: number;
  balance_microdollars: number;
  currency: 'USD';
  /**
   * No amount limits this customer.
   */
  unlimited?: true;
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
export interface RotatedKey {
  id: string;
  /**
   * The new key itself. It is shown in this answer alone.
   */
  key: string;
  hint: string;
  expires_at: string | null;
  /**
   * The key that called, and when it dies.
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
   * As last known here: in_queue is not yet taken by RunComfy, in_progress is. GET …/status asks RunComfy.
   */
  state: 'in_queue' | 'in_progress' | 'succeeded' | 'failed' | 'cancelled';
  model_id: string;
  end_user: string | null;
  created_at: string;
  ended_at: string | null;
  /**
   * What is held now; 0 once the job is settled.
   */
  hold_usd: number;
  /**
   * null: not settled.
   */
  charge_usd: number | null;
  /**
   * Given back of the charge since; negative: charged in addition.
   */
  adjusted_usd: number;
  /**
   * Why that is held or charged, in a sentence.
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
   * Ids, and prefixes such as bytedance/*; null: all of its key.
   */
  models: string[] | null;
  limits: Limits;
  /**
   * null: bound to none.
   */
  origins: string[] | null;
  end_user: string | null;
  /**
   * Whose jobs it sees: those that it started, or all of its end user.
   */
  see: 'own' | 'end_user';
  expires_at: string | null;
  created_at: string;
  /**
   * The token itself. It is shown in this answer alone.
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
   * Ids, and prefixes such as bytedance/*; null: all of its key.
   */
  models: string[] | null;
  limits: Limits;
  /**
   * null: bound to none.
   */
  origins: string[] | null;
  end_user: string | null;
  /**
   * Whose jobs it sees: those that it started, or all of its end user.
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
     * The customers' API as an OpenAPI document.
     */
    openapi: string;
    /**
     * What is offered, with your prices; needs a key.
     */
    models: string;
    /**
     * Your limits and what is left of them; needs a key.
     */
    key: string;
    /**
     * The state of this gateway; needs an admin token.
     */
    health: string;
    /**
     * RunComfy's documentation of its Model API.
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
   * What holds. Multiplies list prices: 1.25 is 25 % more.
   */
  markup: number;
  prepaid: boolean;
  balance_usd: number;
  /**
   * Open holds, which become charges or are released.
   */
  held_usd: number;
  limits: Limits1;
  /**
   * What the plan allows to each key of the customer; null: all.
   */
  models: string[] | null;
  plan: {
    id: string;
    name: string;
  } | null;
  /**
   * What PATCH has set, which wins over the plan.
   */
  own: {
    markup: number | null;
    limits: Limits;
  };
  loras: string[];
  /**
   * The one upstream account that takes this customer’s jobs; null: any that has room.
   */
  account: string | null;
  created_at: string;
  /**
   * What was settled in this month (UTC), up to the last hour or two.
   */
  month?: {
    jobs: number;
    charged_usd: number;
    margin_usd: number;
  };
  /**
   * How much of each limit is used now.
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
   * The secret key that minted this browser token.
   */
  parent: string | null;
  /**
   * The key that this one took over from by rotation.
   */
  successor_of: string | null;
  /**
   * The first characters of the key.
   */
  hint: string;
  name: string;
  /**
   * Model ids, and prefixes such as bytedance/*. null: all models.
   */
  models: string[] | null;
  limits: Limits;
  /**
   * The pages that may use a browser token. null: bound to none.
   */
  origins: string[] | null;
  /**
   * The customer's end user that a browser token stands for.
   */
  end_user: string | null;
  expires_at: string | null;
  revoked_at: string | null;
  /**
   * To an hour. null: never.
   */
  last_used_at: string | null;
  created_at: string;
}
export interface Credit {
  id: string;
  /**
   * Negative takes money back.
   */
  amount_usd: number;
  /**
   * null: erased.
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
   * null: the plan says nothing of it.
   */
  markup: number | null;
  /**
   * null: all.
   */
  models: string[] | null;
  /**
   * How many are on it.
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
   * null: unpriced, so not sold.
   */
  price: ModelPrice | null;
  charge: 'estimate' | 'cost';
  validation: 'enforce' | 'advise' | 'off';
  media: 'enforce' | 'advise' | 'off';
  alias_of: string | null;
  offered: boolean;
  source: 'builtin' | 'operator' | 'sync';
  /**
   * What the operator set and the sync of the catalogue therefore leaves alone.
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
   * Prices that leapt; they wait for the operator.
   */
  held: {
    model_id: string;
    price: ModelPrice | null;
    new_price: ModelPrice | null;
  }[];
  /**
   * Models that RunComfy lists no more, too many to be believed.
   */
  gone: string[];
  /**
   * Models that differ from RunComfy because the operator set them by hand.
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
   * The call that submitted the job, as its answer and the log name it.
   */
  trace_id: string | null;
  /**
   * The price as it stood when the job was admitted.
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
     * The customer's own price stood in the place of usd.
     */
    own: boolean;
  } | null;
  markup: number;
  unit_usd: number;
  charge: 'estimate' | 'cost';
  estimate_usd: number;
  hold_usd: number;
  /**
   * null: not settled.
   */
  charge_usd: number | null;
  /**
   * What RunComfy said that the job cost.
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
   * The call that submitted the job, as its answer and the log name it.
   */
  trace_id: string | null;
  /**
   * The price as it stood when the job was admitted.
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
     * The customer's own price stood in the place of usd.
     */
    own: boolean;
  } | null;
  markup: number;
  unit_usd: number;
  charge: 'estimate' | 'cost';
  estimate_usd: number;
  hold_usd: number;
  /**
   * null: not settled.
   */
  charge_usd: number | null;
  /**
   * What RunComfy said that the job cost.
   */
  cost_usd: number | null;
  cost_flag: ('missing' | 'invalid') | null;
  created_at: string;
  ended_at: string | null;
  settled_at: string | null;
  /**
   * As RunComfy answered it, if it was small enough to keep.
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
   * What happened, in its order; …_upstream as RunComfy says it.
   */
  timeline: {
    what: 'reserved' | 'created_upstream' | 'finished_upstream' | 'ended' | 'cost_known' | 'settled';
    at: string;
  }[];
  /**
   * From the list price to the charge.
   */
  arithmetic: {
    name: 'unit' | 'estimate' | 'hold' | 'charge';
    sum: string;
    usd: number;
  }[];
  charge_reason: string;
  /**
   * The rows of the ledger, but for adjustments.
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
   * The name of an admin token, or the id of the key that acted.
   */
  actor: string;
  /**
   * The session by whose cookie the actor came. null: by a token or a key.
   */
  session: string | null;
  action: string;
  /**
   * The id of what was changed.
   */
  object: string;
  /**
   * The change as it was asked for. null: erased, as are changes and address.
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
   * What the change made of its object, field by field.
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
   * What keeps it from taking jobs, and what to do.
   */
  why_not: string | null;
  /**
   * RunComfy has taken the token at least once.
   */
  verified: boolean;
  /**
   * The account with the lowest number is taken first.
   */
  priority: number;
  limits: Limits;
  /**
   * Not ok: it takes one submit a minute, as a probe.
   */
  state: 'ok' | 'no_balance' | 'bad_token' | 'unknown_outcomes';
  since: string | null;
  /**
   * RunComfy has answered no submit since then.
   */
  silent_since: string | null;
  /**
   * RunComfy asked to be left alone until then.
   */
  busy_until: string | null;
  /**
   * At RunComfy. null: not read yet.
   */
  balance_usd: number | null;
  balance_read_at: string | null;
  open_jobs: number;
  last_error: string | null;
  last_error_at: string | null;
  /**
   * null: the account of the environment.
   */
  created_at: string | null;
}
export interface Health {
  /**
   * failing: submits are refused or jobs do not end. The answer is then 503.
   */
  status: 'ok' | 'attention' | 'failing';
  concerns: {
    code: string;
    /**
     * What is wrong, and what to do.
     */
    detail: string;
  }[];
  /**
   * Cloudflare's id of the version that answers.
   */
  version: string;
  submits: 'on' | 'off';
  cron_ran_at: string | null;
  /**
   * Due jobs that the last run left.
   */
  cron_left_jobs: number | null;
  /**
   * What the last run had no more of; null: it took all that was due.
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
     * RunComfy has answered no submit since then.
     */
    silent_since: string | null;
    /**
     * At RunComfy. null: not read yet.
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
     * A price to correct and to PATCH. null: the schema is the reason.
     */
    price: {
      [k: string]: unknown;
    } | null;
  }[];
  /**
   * In the last 24 hours, before RunComfy saw them; the most frequent first.
   */
  refused_inputs: {
    model_id: string;
    input: string | null;
    rule: string;
    refused: number;
  }[];
  /**
   * Booked since midnight UTC.
   */
  today: {
    jobs: number;
    charged_usd: number;
    cost_usd: number;
    loss_usd: number;
    margin_usd: number;
  };
  /**
   * From the arrival of a submit to its acceptance, since midnight UTC. null: no submit yet.
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
   * All that was settled before this instant is in the figures.
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
     * From submit to success: half of the jobs took no longer.
     */
    p50_ms: number | null;
    p95_ms: number | null;
  }[];
  customers: {
    /**
     * null: all that are not among the largest.
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
     * null: all that are not among the largest.
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
     * The list price that the jobs of this line were admitted with.
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
       * The customer's own price stood in the place of usd.
       */
      own: boolean;
    } | null;
    markup: number;
    /**
     * What this customer paid for a unit.
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
   * The browser by its own word.
   */
  agent: string;
  /**
   * It is the session of this very call.
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
   * False: the token is one of READ_TOKENS, and changes are refused.
   */
  may_change: boolean;
  expires_at: string;
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
