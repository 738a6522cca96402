# SPDX-License-Identifier: Apache-2.0
# bash completion for qingnang. Commands and options as in qingnang(1).
# Names of files, whole: with what bash does for blanks and directories.
_qingnang_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_qingnang()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
	local commands='login sync queue search show chart results home attachment reply ack recall status practice doctor passphrase signer verify rules renewals renew rx'
	local command= i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--profile) ((i++));;
		-*) ;;
		*) command=${COMP_WORDS[i]}; break;;
		esac
	done
	case $prev in
	--profile)
		local dir=${XDG_CONFIG_HOME:-$HOME/.config}/qingnang
		COMPREPLY=($(compgen -W "$(cd "$dir" 2>/dev/null &&
			ls -- *.conf 2>/dev/null | sed 's/\.conf$//')" -- "$cur"))
		return;;
	--ca-file|--client-cert|--client-key|--output|--attach)
		_qingnang_files "$cur"
		return;;
	--dialect)
		COMPREPLY=($(compgen -W 'auto medplum backport hapi none' -- "$cur"))
		return;;
	--language)
		COMPREPLY=($(compgen -W 'en zh_CN' -- "$cur"))
		return;;
	esac
	case $command:$prev in
	rules:check|signer:token)
		_qingnang_files "$cur"
		return;;
	esac
	local options
	case $command in
	'') options="$commands --profile --version --help";;
	login) options='--server --practitioner --client-id
		--client-secret-command --token-command --token-url
		--authorize-url --scope --passphrase-command --ca-file
		--client-cert --client-key --dialect --time-zone --language
		--paste --help';;
	sync) options='--once --watch --stay --purge --help';;
	queue) options='--json --owed --filter --help';;
	search) options='--json --limit --help';;
	show) options='--json --raw --help';;
	chart) options='--json --limit --help';;
	verify|ack) options='--json --help';;
	results) options='--years --json --help';;
	home) options='--days --json --help';;
	recall) options='-m --message --json --help';;
	attachment) options='--output --json --help';;
	reply) options='--facts -m --message --attach --help';;
	status) options='--json --format --help';;
	practice) options='--fresh --help';;
	rules) options='list explain check --json --help';;
	renewals) options='--json --help';;
	renew) options='--decline --reply --forward --reason --help';;
	rx) options='new list show sign cancel --json --diagnosis --reason
		--long-term --emergency --herbal --doses --with --machine --why --help';;
	signer) options='new token secret --label --replace --json --help';;
	*) options='--help';;
	esac
	COMPREPLY=($(compgen -W "$options" -- "$cur"))
}
complete -F _qingnang qingnang
