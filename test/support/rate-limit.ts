// A rate limit of Cloudflare as tests hold it: it says yes so many times for each key, whatever the hour.

export type HeldLimit = RateLimit & { asked: string[] };

export function rateLimit(allowed: number): HeldLimit {
  const asked: string[] = [];
  return {
    asked,
    limit({ key }) {
      asked.push(key);
      return Promise.resolve({ success: asked.filter((one) => one === key).length <= allowed });
    },
  };
}
