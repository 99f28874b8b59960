/**
 * Stands in for the SDK's chain of credential providers inside the bundles: Lambda hands a function its credentials in
 * the environment, so that profiles, single sign-on, web identity and instance metadata are code that never runs.
 */
export const defaultProvider = () => async () => {
  const accessKeyId = process.env.AWS_ACCESS_KEY_ID
  const secretAccessKey = process.env.AWS_SECRET_ACCESS_KEY
  const sessionToken = process.env.AWS_SESSION_TOKEN
  if (!accessKeyId || !secretAccessKey) throw new Error('no AWS credentials in the environment')
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
}
