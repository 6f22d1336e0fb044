#!/bin/sh
# Refuses every job but a deploy of main that a person has started. The runner calls it before each job, before anything
# of the job runs (ACTIONS_RUNNER_HOOK_JOB_STARTED); it is a copy outside of any checkout, so that no change of a workflow,
# in a pull request or a branch, can take it away. Anything it does not know is refused.
set -eu
refuse() {
    echo "This runner takes deploys of main only, and refuses $1." >&2
    exit 1
}
[ "${GITHUB_EVENT_NAME:-}" = workflow_dispatch ] || refuse "the event ${GITHUB_EVENT_NAME:-without a name}"
[ "${GITHUB_REF:-}" = refs/heads/main ] || refuse "the ref ${GITHUB_REF:-without a name}"
[ "${GITHUB_WORKFLOW_REF:-}" = "${GITHUB_REPOSITORY:-}/.github/workflows/deploy.yml@refs/heads/main" ] ||
    refuse "the workflow ${GITHUB_WORKFLOW_REF:-without a name}"
[ "${GITHUB_REPOSITORY:-}" = "${STREAM_SCOUT_REPOSITORY:?the owner/name that this runner serves}" ] ||
    refuse "the repository ${GITHUB_REPOSITORY:-without a name}"
