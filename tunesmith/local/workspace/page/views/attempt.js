/** Calls that may fail, told to the person. */
import { toast } from "./toast.js";

/** @param {Error & {code?: string}} error @returns {string} what happened and what to do */
export function explain(error) {
  if (error.code === "operation_timeout") return "The app did not answer within three seconds. Try again.";
  if (error.code === "dispatch_failed") return "The app is not connected. Start it, then try again.";
  return error.message;
}

/**
 * Waits for a call; tells the person where it failed.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T|null>} null where it failed
 */
export async function attempt(promise) {
  try {
    return await promise;
  } catch (error) {
    toast(explain(error), "alert");
    return null;
  }
}
