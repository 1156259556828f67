namespace Viper.CdpGenerator;

[Flags]
public enum Marks
{
    None = 0,
    Optional = 1,
    Experimental = 2,
    Deprecated = 4,
}
