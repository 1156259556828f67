namespace Viper.Agent.Actions;

/// <summary>A member of a request is wrong.</summary>
internal sealed class FieldException : Exception
{
    internal FieldException(string member, string code, string detail)
        : base(detail)
    {
        Member = member;
        Code = code;
    }

    internal string Member { get; }

    internal string Code { get; }
}
