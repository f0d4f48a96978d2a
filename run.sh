#!/usr/bin/env bash
# Runs the samples, each against a Redis server of its own, which is gone when the sample ends.
#
#   ./run.sh                             Quickstart, CachedCatalog, then Arcade
#   ./run.sh --sample NAME [ARGUMENT…]   only samples/NAME
#
# ConnectionStrings__Postgres in the environment has CachedCatalog use PostgreSQL rather than SQLite.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source eng/setup.sh

samples=(Quickstart CachedCatalog Arcade)
if [ "${1:-}" = --sample ]; then
  samples=("${2:?--sample needs the name of a folder in samples/}") && shift 2
  [ -d "samples/${samples[0]}" ] || { say "There is no samples/${samples[0]}." && exit 2; }
elif [ $# -gt 0 ]; then
  say "Unknown argument '$1'. Known: --sample NAME." && exit 2
fi

require_dotnet
require_redis
for sample in "${samples[@]}"; do
  [ "$sample" = "${samples[0]}" ] || printf '\n\n'
  dotnet run -c Release --project "samples/$sample" -- "$@"
done
