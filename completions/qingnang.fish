# SPDX-License-Identifier: Apache-2.0
# fish completion for qingnang. Commands and options as in qingnang(1).
set -l commands login sync queue search show chart results home attachment reply ack recall status practice doctor passphrase signer verify rules renewals renew rx
complete -c qingnang -f
complete -c qingnang -l profile -x -d 'one hospital, one profile' -a '(for f in (set -q XDG_CONFIG_HOME; and echo $XDG_CONFIG_HOME; or echo ~/.config)/qingnang/*.conf; basename $f .conf; end)'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -l version -d 'print the version'
complete -c qingnang -l help -d 'print help'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a login -d 'set up a profile and log in'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a sync -d 'fetch and send now, or keep doing so'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a queue -d 'who waits for what'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a search -d 'find names, messages, results'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a show -d 'one thread and the chart, or any record'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a chart -d 'the whole chart of a patient'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a results -d 'results of a patient'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a attachment -d 'the files of a message or result'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a home -d 'read at home'
complete -c qingnang -n '__fish_seen_subcommand_from home' -l days -x
complete -c qingnang -n '__fish_seen_subcommand_from results' -l years
complete -c qingnang -n '__fish_seen_subcommand_from reply' -l facts
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a reply -d 'queue a reply'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a ack -d 'acknowledge a result'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a recall -d 'ask the patient to come back'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a status -d 'counts and connection'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a practice -d 'a clinic of invented patients'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a doctor -d 'check what qingnang stands on'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a passphrase -d 'change the passphrase'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a renewals -d 'the renewal requests'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a renew -d 'prepare a renewal'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a rx -d 'prescriptions'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a signer -d 'the key that signs prescriptions'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a rules -d 'the rules of prescribing'
complete -c qingnang -n "not __fish_seen_subcommand_from $commands" -a verify -d 'whether a prescription stands as it was signed'
for o in server practitioner client-id client-secret-command token-command token-url authorize-url scope passphrase-command time-zone
	complete -c qingnang -n '__fish_seen_subcommand_from login' -l $o -x
end
for o in ca-file client-cert client-key
	complete -c qingnang -n '__fish_seen_subcommand_from login' -l $o -r -F
end
complete -c qingnang -n '__fish_seen_subcommand_from login' -l dialect -x -a 'auto medplum backport hapi none'
complete -c qingnang -n '__fish_seen_subcommand_from login' -l language -x -a 'en zh_CN'
complete -c qingnang -n '__fish_seen_subcommand_from login' -l paste -d 'paste the redirected address'
for o in once watch stay purge
	complete -c qingnang -n '__fish_seen_subcommand_from sync' -l $o
end
complete -c qingnang -n '__fish_seen_subcommand_from queue search show chart results home attachment ack recall status signer verify rules renewals rx' -l json
complete -c qingnang -n '__fish_seen_subcommand_from queue' -l owed
complete -c qingnang -n '__fish_seen_subcommand_from queue' -l filter -x
complete -c qingnang -n '__fish_seen_subcommand_from status' -l format -x
complete -c qingnang -n '__fish_seen_subcommand_from reply recall' -s m -l message -x
complete -c qingnang -n '__fish_seen_subcommand_from practice' -l fresh
complete -c qingnang -n '__fish_seen_subcommand_from signer' -a 'new secret'
complete -c qingnang -n '__fish_seen_subcommand_from signer' -a token -F
complete -c qingnang -n '__fish_seen_subcommand_from signer' -l label -x
complete -c qingnang -n '__fish_seen_subcommand_from signer' -l replace
complete -c qingnang -n '__fish_seen_subcommand_from rules' -a 'list explain'
complete -c qingnang -n '__fish_seen_subcommand_from rules' -a check -F
for o in decline reply forward reason
	complete -c qingnang -n '__fish_seen_subcommand_from renew' -l $o -x
end
complete -c qingnang -n '__fish_seen_subcommand_from rx' -a 'new list show sign cancel'
for o in diagnosis reason doses with why
	complete -c qingnang -n '__fish_seen_subcommand_from rx' -l $o -x
end
for o in long-term emergency herbal machine
	complete -c qingnang -n '__fish_seen_subcommand_from rx' -l $o
end
complete -c qingnang -n '__fish_seen_subcommand_from search' -l limit -x -d 'at most N hits'
complete -c qingnang -n '__fish_seen_subcommand_from chart' -l limit -x -d 'at most N lines of a section'
complete -c qingnang -n '__fish_seen_subcommand_from show' -l raw -d 'the record as it came'
complete -c qingnang -n '__fish_seen_subcommand_from attachment' -l output -r -F
complete -c qingnang -n '__fish_seen_subcommand_from reply' -l attach -r -F
