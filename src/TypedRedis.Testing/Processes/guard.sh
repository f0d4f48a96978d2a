# Stands between a test host and one server process, so that the server never outlives the host, however that ends.
#
#   sh guard.sh DIRECTORY LOG COMMAND...
#
# The host holds the other end of our standard input and writes nothing to it while the server runs. The kernel closes
# it when the host is gone, SIGKILL included; then the server is killed and the directory removed. Ending a server on
# purpose is the same thing: the host closes the pipe.
#
# We write to the host:   "started PID", then "exited CODE" when the server has ended, by itself or by a signal.
# After that the host writes one line if it keeps the directory (to start the server again), or closes the pipe.
#
# The server is our child: nobody else gets its pid before `wait` has returned. The watcher, which kills by that pid,
# ends right then. Process ids are given out in turn, so none comes round again in the instant between.

directory=$1 log=$2
shift 2

exec 3<&0 2>/dev/null
trap '' INT QUIT HUP PIPE # Ctrl+C is for the host: we act if that ends it. And writing to a host that is gone must not end us.

remove_directory() {
  rm -rf "$directory" || { sleep 1; rm -rf "$directory"; } # Again if a child of the server was still writing into it.
}

"$@" </dev/null >>"$log" 2>&1 3<&- &
server=$!

# Does all of the work if somebody has killed us before. Then the host writes its line at once if it keeps the directory.
{
  read -r _ <&3
  kept=$?
  kill -KILL "$server"
  test $kept = 0 || kill -0 $$ || remove_directory
} >/dev/null &
watcher=$!

echo "started $server"
wait "$server"
code=$?
kill -KILL "$watcher"
wait "$watcher"

echo "exited $code"
read -r _ <&3 || remove_directory
