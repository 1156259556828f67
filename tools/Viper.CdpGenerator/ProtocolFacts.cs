namespace Viper.CdpGenerator;

/// <summary>The facts as lines: what a line is, a name, a type, marks, and the values of an enum behind an equals sign.</summary>
public static class ProtocolFacts
{
    public const string FileName = "protocol.facts.txt";

    public static string Write(Protocol protocol)
    {
        List<string> lines = [$"protocol {protocol.Version}"];
        foreach (Domain domain in protocol.Domains)
        {
            lines.Add($"domain {domain.Name}{Text(domain.Marks)}");
            foreach (TypeFacts type in domain.Types)
            {
                lines.Add($" type {type.Name} {type.Type}{Text(type.Marks)}{Text(type.Values)}");
                lines.AddRange(type.Members.Select(static m => Text("has", m)));
            }

            foreach (CommandFacts command in domain.Commands)
            {
                lines.Add($" command {command.Name}{Text(command.Marks)}");
                lines.AddRange(command.Parameters.Select(static m => Text("takes", m)));
                lines.AddRange(command.Returns.Select(static m => Text("gives", m)));
            }

            foreach (EventFacts @event in domain.Events)
            {
                lines.Add($" event {@event.Name}{Text(@event.Marks)}");
                lines.AddRange(@event.Parameters.Select(static m => Text("has", m)));
            }
        }

        return string.Join('\n', lines) + "\n";
    }

    public static Protocol Read(IReadOnlyList<string> lines)
    {
        List<Domain> domains = [];
        for (int i = 1; i < lines.Count;)
        {
            string[] head = Words(lines[i++]);
            List<TypeFacts> types = [];
            List<CommandFacts> commands = [];
            List<EventFacts> events = [];
            while (i < lines.Count && lines[i].StartsWith(' '))
            {
                string[] words = Words(lines[i++]);
                List<(string Kind, Member Member)> members = [];
                while (i < lines.Count && lines[i].StartsWith("  ", StringComparison.Ordinal))
                {
                    string[] parts = Words(lines[i++]);
                    members.Add((parts[0], new Member(parts[1], parts[2], ReadMarks(parts[3..]), ReadValues(parts))));
                }

                Add(words, [.. members.Where(static m => m.Kind != "gives").Select(static m => m.Member)],
                    [.. members.Where(static m => m.Kind == "gives").Select(static m => m.Member)]);
            }

            domains.Add(new Domain(head[1], ReadMarks(head[2..]), types, commands, events));

            void Add(string[] words, Member[] takes, Member[] gives)
            {
                switch (words[0])
                {
                    case "type":
                        types.Add(new TypeFacts(words[1], words[2], ReadMarks(words[3..]), ReadValues(words), takes));
                        break;
                    case "command":
                        commands.Add(new CommandFacts(words[1], ReadMarks(words[2..]), takes, gives));
                        break;
                    default:
                        events.Add(new EventFacts(words[1], ReadMarks(words[2..]), takes));
                        break;
                }
            }
        }

        return new Protocol(Words(lines[0])[1], domains);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Marks ReadMarks(IEnumerable<string> words) => words.Aggregate(Marks.None, static (marks, word) => marks | word switch
    {
        "optional" => Marks.Optional,
        "experimental" => Marks.Experimental,
        "deprecated" => Marks.Deprecated,
        _ => Marks.None,
    });

    private static string[] ReadValues(string[] words)
    {
        int start = Array.IndexOf(words, "=");
        return start < 0 ? [] : words[(start + 1)..];
    }

    private static string Text(string kind, Member member) =>
        $"  {kind} {member.Name} {member.Type}{Text(member.Marks)}{Text(member.Values)}";

    private static string Text(Marks marks) => string.Concat(
        marks.HasFlag(Marks.Optional) ? " optional" : "", marks.HasFlag(Marks.Experimental) ? " experimental" : "",
        marks.HasFlag(Marks.Deprecated) ? " deprecated" : "");

    private static string Text(IReadOnlyList<string> values) => values.Count == 0 ? "" : " = " + string.Join(' ', values);
}
