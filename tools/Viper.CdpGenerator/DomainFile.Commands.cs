namespace Viper.CdpGenerator;

/// <content>Commands.</content>
internal sealed partial class DomainFile
{
    private void WriteMethod(CommandFacts command)
    {
        string name = CSharpNames.Pascal(command.Name);
        string result = command.Returns.Count > 0 ? $"ValueTask<{name}Result>" : "ValueTask";
        Member[] ordered = [.. command.Parameters.Where(static p => !p.IsOptional), .. command.Parameters.Where(static p => p.IsOptional)];
        string parameters = string.Concat(ordered.Select(p => Parameter(p, name) + ", "));
        string call = command.Returns.Count > 0 ? $"SendAsync<{name}Command, {name}Result>" : "InvokeAsync";
        string values = string.Join(", ", command.Parameters.Select(p => $"{CSharpNames.Property(p.Name, name + "Command")} = {CSharpNames.Parameter(p.Name)}"));
        Line("");
        Doc("    ", "#method-" + command.Name, command.Name, command.Marks);
        Line($"    public {result} {name}Async({parameters}CancellationToken cancellationToken = default) =>");
        Line($"        _session.{call}(new {name}Command {{ {values} }}, cancellationToken);");
    }

    private string Parameter(Member parameter, string command)
    {
        CSharpType type = TypeOf(parameter, command);
        return parameter.IsOptional
            ? $"{type.Nullable} {CSharpNames.Parameter(parameter.Name)} = {(type.HasOwnAbsence ? "default" : "null")}"
            : $"{type.Name} {CSharpNames.Parameter(parameter.Name)}";
    }

    private void WriteCommand(CommandFacts command)
    {
        string name = CSharpNames.Pascal(command.Name);
        string anchor = "#method-" + command.Name;
        Claim(name + "Command");
        TakeEnums(name, command.Parameters);
        Line("");
        Doc("    ", anchor, command.Name, command.Marks);
        Line($"    public readonly struct {name}Command : ICdpCommand");
        Line("    {");
        foreach (Member parameter in command.Parameters)
        {
            CSharpType type = TypeOf(parameter, name);
            Doc("        ", anchor, parameter.Name, parameter.Marks);
            Line($"        public {Declared(parameter, type, isRequired: true)} {CSharpNames.Property(parameter.Name, name + "Command")} {{ get; init; }}");
        }

        Line("");
        Line($"        static ReadOnlySpan<byte> ICdpCommand.Method => \"{_domain.Name}.{command.Name}\"u8;");
        Line("        void ICdpCommand.WriteParameters(Utf8JsonWriter w)");
        WriteMembers(command.Parameters, name, name + "Command");
        Line("    }");
        if (command.Returns.Count > 0)
        {
            WriteRecord(name + "Result", name, anchor, command.Name, command.Marks, command.Returns, true, false, null);
        }
    }

    // What is deprecated cannot be asked for.
    private static string Declared(Member member, CSharpType type, bool isRequired) =>
        member.IsOptional ? type.Nullable : isRequired && !member.Marks.HasFlag(Marks.Deprecated) ? "required " + type.Name : type.Name;

    /// <summary>The body that writes an object's members.</summary>
    private void WriteMembers(IReadOnlyList<Member> members, string enumOwner, string owner)
    {
        Line("        {");
        foreach (Member member in members)
        {
            CSharpType type = TypeOf(member, enumOwner);
            string property = CSharpNames.Property(member.Name, owner);
            string name = $"\"{member.Name}\"u8";
            string value = member.IsOptional && type.IsValue && !type.HasOwnAbsence ? property + ".Value" : property;
            string write = type.Write.StartsWith("CdpWrite.List(w, v,", StringComparison.Ordinal)
                ? $"CdpWrite.List(w, {value},{type.Write["CdpWrite.List(w, v,".Length..]}"
                : type.Write.StartsWith("v.", StringComparison.Ordinal) ? value + type.Write[1..]
                : type.Write.Replace("(v)", $"({value})", StringComparison.Ordinal).Replace("NameOf(v,", $"NameOf({value},", StringComparison.Ordinal);
            string condition = type.HasOwnAbsence ? $"{property}.Json.IsPresent" : $"{property} is not null";
            if (member.IsOptional)
            {
                Line($"            if ({condition}) {{ w.WritePropertyName({name}); {write}; }}");
            }
            else
            {
                Line($"            w.WritePropertyName({name}); {write};");
            }
        }

        Line("        }");
    }
}
