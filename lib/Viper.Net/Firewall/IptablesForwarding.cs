using System.Diagnostics;
using System.Globalization;
using System.Text;

using Viper.Net.Interop;

namespace Viper.Net.Firewall;

/// <summary>Lets packets of a bridge pass on hosts whose iptables drop what they forward, as Docker makes them do.</summary>
/// <remarks>
/// A packet must be accepted by every table that looks at it, so a table of our own cannot overrule a drop in another
/// one: our rules must stand there. This is the one place where the library runs a program, because rules that iptables
/// did not write itself it does not list, and refuses to work beside. Everything happens in the network namespace of the
/// calling thread. Needs root.
/// </remarks>
public static class IptablesForwarding
{
    private const string UserChain = "DOCKER-USER";
    private const string ForwardChain = "FORWARD";
    private const string Table = "filter";
    private const string Comment = "viper";
    private const string LegacyTables = "/proc/thread-self/net/ip_tables_names";
    private const int NoSuchRule = 1;

    // How long iptables waits for another iptables to end, in seconds.
    private const int LockSeconds = 30;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    /// <summary>Looks which implementations have a table that sees forwarded packets; empty on a host without iptables rules.</summary>
    /// <exception cref="NetException">The kernel refused, or the program failed.</exception>
    public static IReadOnlyList<IptablesState> Find()
    {
        using NftSocket socket = new();
        return Find(socket);
    }

    /// <summary>The same by a socket of the caller's, which must be of the calling thread's namespace.</summary>
    /// <remarks>
    /// For whoever looks often: the kernel lets a netfilter socket be closed only when it has freed what was deleted from nf_tables
    /// before, which is milliseconds after a VM has gone (net/netfilter/nf_tables_api.c, nft_rcv_nl_event).
    /// </remarks>
    /// <exception cref="NetException">The kernel refused, or the program failed.</exception>
    public static IReadOnlyList<IptablesState> Find(NftSocket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        List<IptablesState> found = [];
        IReadOnlyList<NftChain> chains = socket.ListChains(NftFamily.Ipv4, Table);
        if (chains.FirstOrDefault(static chain => chain.Name == ForwardChain && chain.Hook == NftHook.Forward) is { } forward)
        {
            bool hasUserChain = chains.Any(static chain => chain.Name == UserChain);
            found.Add(new IptablesState(
                IptablesVariant.Nft, forward.Policy == NftVerdictKind.Drop, hasUserChain ? UserChain : ForwardChain));
        }

        if (HasLegacyTable())
        {
            string[] rules = Run(IptablesVariant.Legacy, expectedFailure: 0, ["-S"]).Output.Split('\n');
            found.Add(new IptablesState(
                IptablesVariant.Legacy,
                rules.Contains($"-P {ForwardChain} DROP"),
                rules.Contains($"-N {UserChain}") ? UserChain : ForwardChain));
        }

        return found;
    }

    /// <summary>Puts our rules before the others, wherever forwarded packets would be dropped.</summary>
    /// <param name="linkName">The bridge.</param>
    /// <returns>True when something had to be changed.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="IptablesException">The program is missing or failed.</exception>
    public static bool Accept(string linkName)
    {
        LinkName.ThrowIfInvalid(linkName, nameof(linkName));
        bool changed = false;
        foreach (IptablesState state in Find().Where(static state => state.DropsForward))
        {
            foreach (string[] rule in Rules(linkName))
            {
                if (!Stands(state.Variant, state.Chain, rule))
                {
                    Run(state.Variant, 0, ["-I", state.Chain, .. rule]);
                    changed = true;
                }
            }
        }

        return changed;
    }

    /// <summary>Whether packets of the bridge pass: nothing drops what is forwarded, or our rules stand there.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="IptablesException">The program is missing or failed.</exception>
    public static bool IsAccepted(string linkName)
    {
        LinkName.ThrowIfInvalid(linkName, nameof(linkName));
        return Find().Where(static state => state.DropsForward)
            .All(state => Rules(linkName).All(rule => Stands(state.Variant, state.Chain, rule)));
    }

    /// <summary>Whether any of our rules stands anywhere, whatever the policy is by now.</summary>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="IptablesException">The program is missing or failed.</exception>
    public static bool IsPresent(string linkName)
    {
        LinkName.ThrowIfInvalid(linkName, nameof(linkName));
        return Find().Where(static state => TryLocate(state.Variant) is not null).Any(state => Chains(state).Any(chain => Rules(linkName).Any(rule => Stands(state.Variant, chain, rule))));
    }

    /// <summary>Takes our rules away again, in whichever chain they stand.</summary>
    /// <returns>True when there were any.</returns>
    /// <exception cref="ArgumentException">The name is not valid.</exception>
    /// <exception cref="IptablesException">The program is missing or failed.</exception>
    public static bool Remove(string linkName)
    {
        LinkName.ThrowIfInvalid(linkName, nameof(linkName));
        bool changed = false;
        // Without the program no rule of ours was ever put there.
        foreach (IptablesState state in Find().Where(static state => TryLocate(state.Variant) is not null))
        {
            foreach (string chain in Chains(state))
            {
                foreach (string[] rule in Rules(linkName))
                {
                    while (Stands(state.Variant, chain, rule))
                    {
                        Run(state.Variant, 0, ["-D", chain, .. rule]);
                        changed = true;
                    }
                }
            }
        }

        return changed;
    }

    // Docker may have come, or gone, since our rules were put.
    private static string[] Chains(IptablesState state) => state.Chain == UserChain ? [UserChain, ForwardChain] : [ForwardChain];

    private static bool Stands(IptablesVariant variant, string chain, string[] rule) => Run(variant, NoSuchRule, ["-C", chain, .. rule]).Code == 0;

    private static string[][] Rules(string linkName) =>
    [
        ["-i", linkName, "-m", "comment", "--comment", Comment, "-j", "ACCEPT"],
        ["-o", linkName, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-m", "comment", "--comment", Comment, "-j", "ACCEPT"],
    ];

    private static bool HasLegacyTable()
    {
        try
        {
            return File.ReadLines(LegacyTables).Contains(Table);
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    private static (int Code, string Output) Run(IptablesVariant variant, int expectedFailure, IReadOnlyList<string> arguments)
    {
        string program = TryLocate(variant) ?? throw new IptablesException(
            "change the host's packet filter",
            $"iptables-{Suffix(variant)}",
            ErrnoConstants.ENOENT,
            "the host has iptables rules that drop what it forwards, and the program to change them is missing");
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-w");
        start.ArgumentList.Add(LockSeconds.ToString(CultureInfo.InvariantCulture));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start) ?? throw new IptablesException("run", program, 0, "it did not start");
        StringBuilder output = new();
        StringBuilder error = new();
        process.OutputDataReceived += (_, line) => output.Append(line.Data).Append('\n');
        process.ErrorDataReceived += (_, line) => error.Append(line.Data).Append('\n');
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        if (!process.WaitForExit(s_deadline))
        {
            process.Kill();
            throw new IptablesException("run", program, ErrnoConstants.ETIMEDOUT, "it did not end");
        }

        // Without a deadline this waits for the rest of the output too, which is there now.
        process.WaitForExit();
        return process.ExitCode == 0 || process.ExitCode == expectedFailure
            ? (process.ExitCode, output.ToString())
            : throw new IptablesException(
                "change the host's packet filter", $"{program} {string.Join(' ', arguments)}", 0, error.ToString().Trim());
    }

    /// <summary>The program by the name of the variant; the plain name serves where it is the only one.</summary>
    private static string? TryLocate(IptablesVariant variant)
    {
        string[] folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin"];
        foreach (string name in (string[])[$"iptables-{Suffix(variant)}", "iptables"])
        {
            if (folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } path)
            {
                return path;
            }
        }

        return null;
    }

    private static string Suffix(IptablesVariant variant) => variant == IptablesVariant.Nft ? "nft" : "legacy";
}
